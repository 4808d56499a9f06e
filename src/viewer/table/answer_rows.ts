/** A window of rows: the answer of `rows`. */
import { toMilliseconds } from "../../units.ts";
import type { Rows, RowsQuery } from "../api.ts";
import { selected } from "./selection.ts";
import type { Table } from "./table.ts";

export const MOST_ROWS = 1000;

export function answerRows(table: Table, asks: RowsQuery): Rows {
  const { rows, duration, cpu, blocked } = selected(table, asks, asks.sort);
  const count = Math.min(Math.max(asks.count, 0), MOST_ROWS);
  const place = asks.around === undefined ? -1 : rows.indexOf(table.ids.find(asks.around, table.rows));
  const from = Math.max(0, place < 0 ? asks.from : place - (count >> 1));
  return {
    requests: table.rows,
    matching: rows.length,
    from,
    rows: Array.from(rows.subarray(from, from + count), (row) => table.row(row)),
    duration: toMilliseconds(duration),
    cpu: toMilliseconds(cpu),
    blocked: toMilliseconds(blocked),
    wait: toMilliseconds(duration - cpu - blocked),
  };
}
