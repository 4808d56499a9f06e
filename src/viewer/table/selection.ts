/** The rows of a table that are asked for, in the order that is asked for. */
import type { Selection, SortKey } from "../api.ts";
import { parseQuery } from "../query.ts";
import { remembered } from "./remembered.ts";
import { RowView, type Table } from "./table.ts";

/** Rows by number, and what they add up to, in microseconds. */
export interface Selected {
  readonly rows: Uint32Array;
  readonly duration: number;
  readonly cpu: number;
  readonly blocked: number;
}

const SORT_KEYS: readonly SortKey[] = [
  "start",
  "duration",
  "queued",
  "cpu",
  "blocked",
  "wait",
  "gc",
  "alloc",
  "status",
  "method",
  "url",
  "route",
  "hot",
  "outcome",
];

/** The order that a text such as `-cpu` asks for; undefined if it is none. */
export function orderOf(text: string): { key: SortKey; isFalling: boolean } | undefined {
  const isFalling = text.startsWith("-");
  const key = SORT_KEYS.find((it) => it === text.slice(isFalling ? 1 : 0));
  return key === undefined ? undefined : { key, isFalling };
}

/** Those that are asked for, in the order in which they ended. */
export function select(table: Table, { q = "", since, until }: Selection): Uint32Array {
  const matches = q.trim() === "" ? undefined : parseQuery(q).matches;
  const { rows, start, duration } = table;
  const found = new Uint32Array(rows);
  const view = new RowView(table);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const startedOn = start.get(row);
    if (until !== undefined && startedOn > until) continue;
    if (since !== undefined && startedOn + duration.get(row) / 1000 < since) continue;
    view.at = row;
    if (matches?.(view) === false) continue;
    found[count++] = row;
  }
  return found.slice(0, count);
}

/** The rows that are asked for, sorted: `sort` as in `RowsQuery`. */
export function selected(table: Table, asks: Selection, sort = "-start"): Selected {
  const asked = JSON.stringify([asks.q, asks.since, asks.until, sort]);
  return remembered(table, { kind: "rows", asked }, () => {
    const rows = select(table, asks);
    let [duration, cpu, blocked] = [0, 0, 0];
    for (const row of rows) {
      duration += table.duration.get(row);
      cpu += table.cpu.get(row);
      blocked += table.blocked.get(row);
    }
    return { rows: sorted(table, rows, sort), duration, cpu, blocked };
  });
}

/** Of equal rows those that ended later are the larger. */
function sorted(table: Table, rows: Uint32Array, sort: string): Uint32Array {
  const { key, isFalling } = orderOf(sort) ?? { key: "start", isFalling: true };
  const up = key === "url"
    ? rows.sort((a, b) => table.url.compare(a, b) || a - b)
    : byNumber(rows, numbersOf(table, key));
  return isFalling ? up.reverse() : up;
}

/** Row numbers below this, and values up to 2^53 divided by it, share one number without loss. */
const ROWS = 2 ** 22;

/** Sorts by a number for each row; many rows by numbers made of value and row, which is ten times as fast as a comparison. */
function byNumber(rows: Uint32Array, numberOf: (row: number) => number): Uint32Array {
  let [least, most] = [Infinity, 0];
  for (const row of rows) {
    const value = numberOf(row);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const last = rows.length === 0 ? 0 : Math.max(rows[0]!, rows[rows.length - 1]!);
  if (last >= ROWS || most - least >= Number.MAX_SAFE_INTEGER / ROWS) {
    return rows.sort((a, b) => numberOf(a) - numberOf(b) || a - b);
  }
  const keys = Float64Array.from(rows, (row) => (numberOf(row) - least) * ROWS + row).sort();
  for (let i = 0; i < keys.length; i++) rows[i] = keys[i]! % ROWS;
  return rows;
}

function numbersOf(table: Table, key: Exclude<SortKey, "url">): (row: number) => number {
  const { duration, cpu, blocked } = table;
  if (key === "wait") return (row) => duration.get(row) - cpu.get(row) - blocked.get(row);
  if (key === "hot") {
    const ranks = ranksOf(table.functions.values.map((it) => `${it.function}\0${it.file}`));
    return (row) => table.hot.get(row) === 0 ? 0 : 1 + ranks[table.hot.get(row) - 1]!;
  }
  if (key === "method") return ranked(table.methods.values, table.method.values);
  if (key === "route") return ranked(table.routes.values, table.route.values);
  const column = table[key];
  return (row) => column.get(row);
}

function ranked(names: readonly string[], numbers: Uint32Array): (row: number) => number {
  const ranks = ranksOf(names);
  return (row) => ranks[numbers[row]!]!;
}

/** For each text its place among all, sorted. */
function ranksOf(texts: readonly string[]): number[] {
  const order = texts.map((_, index) => index).sort((a, b) => texts[a]! < texts[b]! ? -1 : 1);
  const ranks = new Array<number>(texts.length);
  for (const [rank, index] of order.entries()) ranks[index] = rank;
  return ranks;
}
