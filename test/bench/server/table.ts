/** Tables of what servers cost: a row for each way in which one was run, ratios to the first of them, turn by turn. */
import type { Measured } from "./load.ts";
import type { Phase } from "./running.ts";

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
  "80 % of them",
  "answered",
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
      ...columns(own.flatMap((it) => phasesOf(it, name)), bare.flatMap((it) => phasesOf(it, name))),
      ...(isLast ? extras.map(({ of }) => of(own, bare)) : []),
    ]);
    print([heads, ...rows]);
  }
}

function phasesOf(result: Measured, name: PhaseName): readonly Phase[] {
  return name === "steady" ? result.turns : [result.first];
}

/** Medians; what is counted, or happens in some seconds only, is an average over all requests. */
function columns(own: readonly Phase[], bare: readonly Phase[]): string[] {
  const requests = own.reduce((sum, it) => sum + it.requests, 0);
  const average = (key: keyof Phase) => own.reduce((sum, it) => sum + it[key] * it.requests, 0) / requests;
  const ratios = (key: keyof Phase) => own.map((it, turn) => it[key] / bare[turn]![key]);
  const cpu = ratios("cpu");
  return [
    median(own.map((it) => it.cpu)).toFixed(1),
    median(cpu).toFixed(2),
    spread(cpu),
    median(ratios("requests")).toFixed(2),
    median(ratios("p50")).toFixed(2),
    median(ratios("p99")).toFixed(2),
    average("gcTime").toFixed(2),
    average("majors").toFixed(3),
    average("scavenges").toFixed(2),
    average("switches").toFixed(2),
    average("wrapperCpu").toFixed(1),
  ];
}

/** The middle four fifths. */
function spread(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const tenth = Math.floor(sorted.length / 10);
  return `${sorted[tenth]!.toFixed(2)}-${sorted.at(-1 - tenth)!.toFixed(2)}`;
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
