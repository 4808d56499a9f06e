/** What a person reads at the end of a run. */
import { join } from "node:path";
import type { RunTotals } from "../store/entry.ts";
import type { RunExit } from "../store/run_file.ts";
import { areHooksFatal } from "../protocol/fatal_hooks.ts";
import type { Milliseconds } from "../units.ts";
import type { Paint } from "./colours.ts";
import { counted, number } from "./counted.ts";
import { quantile } from "./histogram.ts";
import { nothingCame, withoutProfile } from "./nothing_came.ts";
import { printable, shortened } from "./printable.ts";
import { type RouteTable, type RouteTotals, topRoutes } from "./routes.ts";

const MOST_ROWS = 20;
const WIDEST_NAME = 48;
const SLOW = 100;

/** A run that is over. */
export interface RunSummary {
  readonly table: RouteTable;
  readonly totals: RunTotals;
  /** Where the profiles are; absolute. */
  readonly directory: string;
  /** False while it goes on: then only its requests are known. */
  readonly isOver?: boolean;
  /** How the command ended, if that is known. */
  readonly exit?: RunExit;
}

/** The summary of a run; ends with a line break. Pure. */
export function summaryText(run: RunSummary, paint: Paint): string {
  const { table, totals, directory, isOver = true, exit = {} } = run;
  if (totals.requests === 0) return `${lines([nothingCame(totals, { isOver, exit }), ...drops(totals)])}`;
  const seconds = ((totals.endedOn - totals.startedOn) / 1000).toFixed(1);
  const head = `${counted(totals.requests, "request")} in ${seconds} s, ${counted(totals.files, "profile")}`;
  return "\n" + lines([
    `${paint("bold", head)} in ${printable(directory)}`,
    "",
    ...routeTable(topRoutes(table, MOST_ROWS), paint),
    "",
    ...(isOver ? coverage(totals) : []),
    // A server that was killed could not say.
    ...(isOver && totals.cost.turns > 0 ? [cost(totals)] : []),
    ...withoutProfile(totals),
    ...drops(totals),
    ...(isOver ? killed(totals) : []),
    ...whereToLook(run),
  ]);
}

function lines(texts: readonly string[]): string {
  return texts.map((it) => `${it}\n`).join("");
}

/** Those that were killed, or crashed, could not write their last samples and requests. */
function killed({ silent }: RunTotals): string[] {
  const who = counted(silent.length, "process was", "processes were");
  return silent.length === 0 ? [] : [
    `Lost: ${who} killed: samples of the last second and requests of the last 0.1 s, at most.`,
  ];
}

/** What may have ended a server with this code that would have survived alone. */
export function fatalHooksText(
  code: number | null,
  { silent }: Pick<RunTotals, "silent">,
): string | undefined {
  const runtime = silent.find((it) => it.startsWith("node ") && areHooksFatal(it.slice("node ".length)));
  if (code !== 7 || runtime === undefined) return undefined;
  return `${runtime} ended with code 7: a stack overflow that it would survive alone may have ended it; ` +
    "Node 20.20, 22.22, 24 and newer survive it (CVE-2025-59466)";
}

const HEAD = ["route", "count", "p50 ms", "p95 ms", "cpu", "blocked", "wait"];

function routeTable(routes: readonly RouteTotals[], paint: Paint): string[] {
  const rows = routes.map((it) => [
    shortened(printable(it.name), WIDEST_NAME),
    number(it.count),
    quantile(it.durations, 0.5).toFixed(1),
    quantile(it.durations, 0.95).toFixed(1),
    ...[it.cpu, it.blocked, it.wait].map((sum) => (sum / it.count).toFixed(1)),
  ]);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((it, at) => at === 0 ? it.padEnd(widths[0] ?? 0) : it.padStart(widths[at] ?? 0)).join("  ");
  return [
    paint("dim", `${line(HEAD)}   (cpu, blocked, wait: ms per request)`),
    ...rows.map((row) => Number(row[3]) >= SLOW ? paint("yellow", line(row)) : line(row)),
  ];
}

function coverage({ samples, silent }: RunTotals): string[] {
  const busy = samples.attributed + samples.unattributed;
  if (busy === 0) {
    return silent.length > 0
      ? []
      : ["No sample was taken while a request ran: the requests were shorter than the interval."];
  }
  const share = (100 * samples.attributed / busy).toFixed(1);
  const first = `Attributed ${share} % of ${counted(busy, "sample")} to requests`;
  return [
    samples.unattributed === 0
      ? `${first}.`
      : `${first}; the rest, ${
        number(samples.unattributed)
      }, ran outside of them: start-up, connections, parsing.`,
  ];
}

function cost({ cost, startedOn, endedOn }: RunTotals): string {
  const share = (time: Milliseconds) =>
    endedOn > startedOn ? ` (${(100 * time / (endedOn - startedOn)).toFixed(2)} % of the run)` : "";
  const pauses = `The profiler stopped the server ${counted(cost.turns, "time")} for ${
    cost.turnTime.toFixed(1)
  } ms in all${share(cost.turnTime)}, ${cost.longestTurn.toFixed(1)} ms at most;`;
  return `${pauses} following its requests took some ${cost.noticeTime.toFixed(1)} ms${
    share(cost.noticeTime)
  }.`;
}

function drops({ drops }: RunTotals): string[] {
  const given = [
    drops.windows > 0 ? counted(drops.windows, "profile window") : "",
    drops.requests > 0 ? counted(drops.requests, "request record") : "",
    drops.switches > 0 ? counted(drops.switches, "context switch", "context switches") : "",
    drops.unreadable > 0 ? counted(drops.unreadable, "unreadable message") : "",
    drops.unwritten > 0 ? `${counted(drops.unwritten, "profile")} that could not be written` : "",
    drops.unlisted > 0 ? counted(drops.unlisted, "line of the index", "lines of the index") : "",
  ].filter((it) => it !== "");
  return given.length === 0 ? [] : [`Lost: ${given.join(", ")}.`];
}

function whereToLook({ table: { slowest }, directory }: RunSummary): string[] {
  const file = slowest?.files[0];
  if (slowest === undefined || file === undefined) return [];
  const request = shortened(printable(`${slowest.method} ${slowest.url}`), 80);
  return [
    `Slowest: ${request}, ${slowest.duration.toFixed(1)} ms: ${printable(join(directory, file))}`,
    "Open it in Chrome DevTools (Performance > Load profile) or in VS Code.",
  ];
}
