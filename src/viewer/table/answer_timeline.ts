/** Requests over time: the answer of `timeline`. */
import { toMilliseconds } from "../../units.ts";
import { type Cells, KINDS, type Marks, MOST_MARKS, type Timeline, type TimelineQuery } from "../api.ts";
import { remembered } from "./remembered.ts";
import { select } from "./selection.ts";
import type { Table } from "./table.ts";

export const MOST_PIXELS = 2000;
/** Shorter durations stand on one line, in microseconds. */
const LEAST = 1;

export function answerTimeline(table: Table, asks: TimelineQuery): Timeline {
  return remembered(
    table,
    { kind: "timeline", asked: JSON.stringify(asks) },
    () => makeTimeline(table, asks),
  );
}

function makeTimeline(table: Table, asks: TimelineQuery): Timeline {
  const rows = select(table, asks);
  const span = spanOf(table);
  const since = asks.since ?? span.since;
  const until = Math.max(asks.until ?? span.until, since);
  const time = { since, until, columns: pixels(asks.columns) };
  let longest = 0;
  for (const row of rows) longest = Math.max(longest, table.duration.get(row));
  const isFew = rows.length <= MOST_MARKS;
  return {
    since,
    until,
    matching: rows.length,
    longest: toMilliseconds(longest),
    marks: isFew ? marksOf(table, rows) : null,
    cells: isFew ? null : cellsOf(table, rows, { ...time, lines: pixels(asks.lines), longest }),
    busy: busyOf(table, time),
  };
}

interface Time {
  readonly since: number;
  readonly until: number;
  readonly columns: number;
}

function pixels(asked: number): number {
  return Math.min(Math.max(Math.trunc(asked) || 1, 1), MOST_PIXELS);
}

/** From the first start to the last end. */
function spanOf({ rows, start, duration }: Table): { since: number; until: number } {
  let [since, until] = [Infinity, -Infinity];
  for (let row = 0; row < rows; row++) {
    const startedOn = start.get(row);
    if (startedOn < since) since = startedOn;
    const end = startedOn + duration.get(row) / 1000;
    if (end > until) until = end;
  }
  return rows === 0 ? { since: 0, until: 0 } : { since, until };
}

function marksOf(table: Table, rows: Uint32Array): Marks {
  const order = [...rows].sort((a, b) => table.start.get(a) - table.start.get(b) || a - b);
  return {
    id: order.map((row) => table.ids.get(row)),
    start: order.map((row) => table.start.get(row)),
    duration: order.map((row) => toMilliseconds(table.duration.get(row))),
    mostly: order.map((row) => table.mostly(row)),
    status: order.map((row) => table.status.get(row)),
    failed: order.map((row) => table.hasFailed(row)),
  };
}

function cellsOf(
  table: Table,
  rows: Uint32Array,
  { since, until, columns, lines, longest }: Time & { readonly lines: number; readonly longest: number },
): Cells {
  let lowest = Math.max(longest, LEAST);
  for (const row of rows) lowest = Math.min(lowest, Math.max(table.duration.get(row), LEAST));
  const height = Math.log(Math.max(longest, LEAST) / lowest) || 1;
  const width = until - since || 1;
  const counts = new Uint32Array(columns * lines);
  const failed = new Uint32Array(columns * lines);
  const kinds = KINDS.map(() => new Uint32Array(columns * lines));
  for (const row of rows) {
    const column = placeOf((table.start.get(row) - since) / width, columns);
    const line = placeOf(Math.log(Math.max(table.duration.get(row), LEAST) / lowest) / height, lines);
    const cell = column * lines + line;
    counts[cell]!++;
    kinds[table.mostly(row)]![cell]!++;
    if (table.hasFailed(row)) failed[cell]!++;
  }
  const filled = Array.from(counts.keys()).filter((cell) => counts[cell]! > 0);
  const most = (cell: number): number =>
    kinds.reduce((best, of, kind) => of[cell]! > kinds[best]![cell]! ? kind : best, 0);
  return {
    column: filled.map((cell) => Math.floor(cell / lines)),
    line: filled.map((cell) => cell % lines),
    count: filled.map((cell) => counts[cell]!),
    mostly: filled.map(most),
    failed: filled.map((cell) => failed[cell]!),
    lowest: toMilliseconds(lowest),
  };
}

/** Where a share from 0 to 1 falls among so many places. */
function placeOf(share: number, places: number): number {
  return Math.min(Math.max(Math.floor(share * places), 0), places - 1);
}

/** How busy event loops were in each column, over all requests. Long ones count in two running sums, so many columns cost nothing. */
function busyOf(table: Table, { since, until, columns }: Time): number[] {
  const width = (until - since) / columns || 1;
  /** What begins to run in each column, and what has run for a part of it only, in milliseconds. */
  const steps = new Float64Array(columns + 1);
  const parts = new Float64Array(columns);
  const serving = new Set<number>();
  for (let row = 0; row < table.rows; row++) {
    const cpu = table.cpu.get(row) / 1000;
    serving.add(table.process.get(row));
    if (cpu === 0) continue;
    const from = (table.start.get(row) - since) / width;
    const to = Math.max(from + table.duration.get(row) / 1000 / width, from + 1e-9);
    if (to <= 0 || from >= columns) continue;
    const rate = cpu / (to - from);
    const first = Math.max(from, 0);
    const last = Math.min(to, columns);
    const [low, high] = [Math.floor(first), Math.min(Math.floor(last), columns - 1)];
    if (low === high) parts[low]! += rate * (last - first);
    else {
      parts[low]! += rate * (low + 1 - first);
      parts[high]! += rate * (last - high);
      steps[low + 1]! += rate;
      steps[high]! -= rate;
    }
  }
  const loops = Math.max(serving.size, 1);
  let running = 0;
  return Array.from(parts, (part, column) => {
    running += steps[column]!;
    return Math.min(1, Math.max(0, (running + part) / width / loops));
  });
}
