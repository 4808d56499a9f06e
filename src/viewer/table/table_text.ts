/** A table as an `--html` file holds it. */
import type { TableText } from "../api.ts";
import { OUTCOMES, PROFILE_STATES, Table } from "./table.ts";

const NUMBERS = [
  "start",
  "duration",
  "queued",
  "cpu",
  "blocked",
  "gc",
  "alloc",
  "status",
  "hotSelf",
  "held",
] as const;

/** The last `most` rows of a table. */
export function writeTable(table: Table, most: number): TableText {
  const first = Math.max(0, table.rows - most);
  const rows = Array.from({ length: table.rows - first }, (_, index) => first + index);
  const startedOn = rows.reduce((least, row) => Math.min(least, table.start.get(row)), Infinity);
  const numbers: Record<string, number[]> = {};
  for (const name of NUMBERS) {
    const less = name === "start" ? startedOn : 0;
    numbers[name] = rows.map((row) => table[name].get(row) - less);
  }
  for (const name of ["outcome", "profile", "method", "route", "routeName", "process", "hot"] as const) {
    numbers[name] = rows.map((row) => table[name].get(row));
  }
  return {
    v: 1,
    rows: rows.length,
    numbers,
    texts: {
      id: rows.map((row) => table.ids.get(row)),
      blocker: rows.map((row) => table.blockers.get(row)),
      url: rows.map((row) => table.url.get(row)),
      trace: rows.map((row) => table.trace.get(row)),
    },
    names: {
      method: table.methods.values,
      route: table.routes.values,
      routeName: table.routeNames.values,
      process: table.processes.values,
      hot: table.functions.values,
    },
    startedOn: rows.length === 0 ? 0 : startedOn,
  };
}

/** The table that was written so: a file of ours, so it is believed. */
export function readTable({ rows, numbers, texts, names, startedOn }: TableText): Table {
  const table = new Table();
  const number = (name: string, row: number): number => numbers[name]![row]!;
  const text = (name: string, row: number): string => texts[name]![row]!;
  // deno-lint-ignore no-explicit-any
  const named = (name: string, row: number): any => names[name]![number(name, row)];
  for (let row = 0; row < rows; row++) {
    const hot = number("hot", row) === 0 ? null : {
      ...names["hot"]![number("hot", row) - 1] as { function: string; file: string; line: number },
      self: number("hotSelf", row) / 1000,
    };
    const times = ["duration", "queued", "cpu", "blocked", "gc"].map((name) => number(name, row) / 1000);
    const [duration = 0, queued = 0, cpu = 0, blocked = 0, gc = 0] = times;
    table.add({
      v: 1,
      id: text("id", row),
      ...named("process", row),
      method: named("method", row),
      url: text("url", row),
      path: "",
      route: named("route", row),
      http: "",
      status: number("status", row),
      bytes: 0,
      start: new Date(startedOn + number("start", row)).toISOString(),
      duration,
      queued,
      cpu,
      blocked,
      wait: duration - cpu - blocked,
      gc,
      samples: 0,
      outcome: OUTCOMES[number("outcome", row)]!,
      hot,
      alloc: number("alloc", row) === 0 ? undefined : { bytes: number("alloc", row) - 1, hot: null },
      blockers: number("held", row) === 0
        ? []
        : [{ id: text("blocker", row), ms: number("held", row) / 1000 }],
      trace: text("trace", row) || null,
      files: [],
    }, {
      routeName: named("routeName", row),
      profile: PROFILE_STATES[number("profile", row)]!,
      offset: 0,
      file: "",
    });
  }
  return table;
}
