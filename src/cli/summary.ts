/** What a person reads at the end of a run. */
import process from "node:process";
import { quantile } from "../analysis/durations.ts";
import { OTHER, type RunTotals, UNKNOWN_PATHS } from "../store/entry.ts";
import { COUNTING_COST, HEAP_COST } from "../profile/function_calls.ts";
import type { RunExit } from "../store/run_file.ts";
import { areHooksFatal } from "../protocol/fatal_hooks.ts";
import type { Milliseconds } from "../units.ts";
import type { Paint } from "./colours.ts";
import { besideText } from "./beside.ts";
import { counted, number } from "./counted.ts";
import { culpritLines, functionText, spokenBytes, whereToLook } from "./culprit_lines.ts";
import { nothingCame, withoutProfile } from "./nothing_came.ts";
import { printable, shortened } from "./printable.ts";
import { outsideText } from "./outside.ts";
import { type RouteTable, type RouteTotals, topRoutes } from "../analysis/routes.ts";
import { MANY } from "../store/siblings.ts";

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
  /** Columns of the terminal; absent where it is none. */
  readonly width?: number | undefined;
  /** How profsrv is started, for the command that goes on from here. */
  readonly program?: string;
}

/** The summary of a run; ends with a line break. Pure but for the platform, whose shell is to read the command. */
export function summaryText(run: RunSummary, paint: Paint): string {
  const { table, totals, directory, isOver = true, exit = {}, width = Infinity, program = "profsrv" } = run;
  if (totals.requests === 0) return `${lines([nothingCame(totals, { isOver, exit }), ...drops(totals)])}`;
  const rows = topRoutes(table, MOST_ROWS);
  const seconds = ((totals.endedOn - totals.startedOn) / 1000).toFixed(1);
  const head = `${counted(totals.requests, "request")} in ${seconds} s, ${counted(totals.files, "profile")}`;
  return "\n" + lines([
    `${paint("bold", head)} in ${printable(directory)}`,
    "",
    ...routeTable(rows, table, { paint, width }),
    ...names(rows),
    "",
    ...culpritLines(table),
    ...whereToLook(table, directory, { platform: process.platform, program }),
    "",
    ...(isOver ? coverage(totals, table) : []),
    ...outsideText(totals.outside),
    ...(totals.areCallsCounted ? [COUNTING_COST] : []),
    ...(table.isHeap ? [HEAP_COST] : []),
    ...besideText(totals),
    // A server that was killed could not say.
    ...(isOver && totals.cost.turns > 0 ? [cost(totals)] : []),
    ...withoutProfile(totals),
    ...drops(totals),
    ...(isOver ? killed(totals) : []),
  ].filter((it, at, all) => it !== "" || all[at + 1] !== undefined));
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
const LEGEND = "hot function   (cpu, blocked, wait: ms per request)";
const HEAP_LEGEND = "allocates most   (cpu, blocked, wait: ms per request; alloc: bytes per request)";
const GAP = "  ";
/** A terminal that has no room for this loses the last columns. */
const LEAST_OF_A_ROUTE = 16;
/** In less room a function is not named. */
const LEAST_OF_A_FUNCTION = 12;
/** Of fewer samples a share says nothing. */
const ENOUGH_SAMPLES = 200;

function routeTable(
  routes: readonly RouteTotals[],
  table: RouteTable,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string[] {
  const { culprits, isHeap } = table;
  const head = isHeap ? [...HEAD, "alloc", HEAP_LEGEND] : [...HEAD, LEGEND];
  const hotAt = head.length - 1;
  const rows = routes.map((it) => {
    const [hot] = isHeap ? culprits.allocators(...it.names) : culprits.functions(...it.names);
    return [
      shortened(printable(it.name), WIDEST_NAME),
      number(it.count),
      quantile(it.durations, 0.5).toFixed(1),
      quantile(it.durations, 0.95).toFixed(1),
      ...[it.cpu, it.blocked, it.wait].map((sum) => (sum / it.count).toFixed(1)),
      ...(isHeap ? [it.allocating === 0 ? "-" : spokenBytes(it.alloc / it.allocating)] : []),
      ...(hot === undefined ? [] : [functionText(hot)]),
    ];
  });
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  // A narrow terminal takes from the name of the route.
  const numbers = widths.slice(1, hotAt).reduce((sum, it) => sum + it + GAP.length, 0);
  widths[0] = Math.max(Math.min(LEAST_OF_A_ROUTE, widths[0]!), Math.min(widths[0]!, width - numbers));
  const cell = (text: string, at: number) =>
    at === 0
      ? shortened(text, widths[0]!).padEnd(widths[0]!)
      : at === hotAt
      ? text
      : text.padStart(widths[at] ?? 0);
  const hasRoom = width - widths[0]! - numbers - GAP.length >= LEAST_OF_A_FUNCTION;
  const line = (row: readonly string[]) =>
    shortened(row.slice(0, hasRoom ? row.length : hotAt).map(cell).join(GAP), width);
  return [
    paint("dim", line(head)),
    ...rows.map((row) => Number(row[3]) >= SLOW ? paint("yellow", line(row)) : line(row)),
  ];
}

/** What stands in the table for several routes. */
function names(rows: readonly RouteTotals[]): string[] {
  const has = (test: (row: RouteTotals) => boolean) => rows.some(test);
  return [
    ...(has(({ name, routes }) => routes > 1 && name !== OTHER)
      ? [`:x stands for ${MANY} and more names in one place that no framework told a route for.`]
      : []),
    ...(has(({ name }) => name === UNKNOWN_PATHS)
      ? [`${UNKNOWN_PATHS}: answered with 404 where no route is known.`]
      : []),
  ];
}

function coverage({ samples, silent, outside, drops }: RunTotals, { routes, isHeap }: RouteTable): string[] {
  if (isHeap) return [];
  const busy = samples.attributed + samples.unattributed;
  if (busy === 0) {
    const longest = Math.max(0, ...[...routes.values()].map(({ durations }) => durations.most));
    // Some were taken, and did not arrive.
    return silent.length > 0 || drops.windows + drops.unreadable > 0
      ? []
      : [`No sample was taken while a request ran; the longest took ${longest.toFixed(1)} ms.`];
  }
  if (busy < ENOUGH_SAMPLES) return [];
  const share = (100 * samples.attributed / busy).toFixed(1);
  const first = `Attributed ${share} % of ${counted(busy, "sample")} to requests`;
  return [
    samples.unattributed === 0
      ? `${first}.`
      : `${first}; the rest, ${number(samples.unattributed)}, ran outside of them${
        outsideText(outside).length > 0 ? "" : ": start-up, connections, parsing"
      }.`,
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
