/** Tables of what servers cost: a row for each way in which one was run, ratios to the first of them, round by round. */
import type { Measured, Phase } from "./load.ts";

export const PHASES = ["first 3 s", "steady"] as const;
export type PhaseName = typeof PHASES[number];

/** What follows the columns that every table has. */
export interface Extra<Result> {
  readonly head: string;
  of(own: readonly Result[], bare: readonly Result[]): string;
}

const HEAD = [
  "cpu µs",
  "ratio",
  "spread",
  "p50",
  "p99",
  "gc µs",
  "majors",
  "scavenges",
  "switches",
  "wrapper µs",
];

/** Prints both phases. `results` has the rounds of each way, the server alone first; `extras` belong to the whole of a measurement. */
export function printPhases<Result extends Measured>(
  results: ReadonlyMap<string, readonly Result[]>,
  extras: readonly Extra<Result>[] = [],
): void {
  const bare = [...results.values()][0]!;
  for (const name of PHASES) {
    const isLast = name === PHASES.at(-1);
    const heads = [name, ...HEAD, ...(isLast ? extras.map(({ head }) => head) : [])];
    const rows = [...results].map(([way, own]) => [
      way,
      ...columns(own.map((it) => phaseOf(it, name)), bare.map((it) => phaseOf(it, name))),
      ...(isLast ? extras.map(({ of }) => of(own, bare)) : []),
    ]);
    print([heads, ...rows]);
  }
}

function phaseOf(result: Measured, name: PhaseName): Phase {
  return name === "steady" ? result : result.first;
}

function columns(own: readonly Phase[], bare: readonly Phase[]): string[] {
  const of = (key: keyof Phase) => median(own.map((it) => it[key]));
  const ratios = (key: keyof Phase) => own.map((it, round) => it[key] / bare[round]![key]);
  const cpu = ratios("cpu");
  return [
    of("cpu").toFixed(1),
    median(cpu).toFixed(2),
    `${Math.min(...cpu).toFixed(2)}-${Math.max(...cpu).toFixed(2)}`,
    median(ratios("p50")).toFixed(2),
    median(ratios("p99")).toFixed(2),
    of("gcTime").toFixed(2),
    of("majors").toFixed(3),
    of("scavenges").toFixed(2),
    of("switches").toFixed(2),
    of("wrapperCpu").toFixed(1),
  ];
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((it) => it[index]!.length)));
  for (const it of rows) {
    const cells = it.map((text, index) =>
      index === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[index]!)
    );
    console.log(cells.join("  "));
  }
}
