/** Why a run has no requests, and why requests have no profiles. Pure. */
import { NO_ROOM } from "../collector/notices.ts";
import type { RunTotals } from "../store/entry.ts";
import type { RunExit } from "../store/run_file.ts";
import { counted, number } from "./counted.ts";

const NEVER_LOADED =
  "no node or deno process of the command loaded the profiler; where one serves, something below the command may replace " +
  "NODE_OPTIONS, or keep the process out of the run's directories";
const NONE_LISTENED =
  "no server of node:http or Deno.serve listened where the profiler was loaded (a process or worker thread with other NODE_OPTIONS does not load it, nor do bun and workerd)";

/** The one sentence about a run without requests; `isOver`: no more can come. */
export function nothingCame(totals: RunTotals, { isOver, exit }: { isOver: boolean; exit: RunExit }): string {
  if (isOver) return `profsrv: nothing was profiled: ${reasonOf(totals, exit)}.`;
  return `profsrv: no request has ended yet${totals.processes === 0 ? ", no server has been seen yet" : ""}.`;
}

function reasonOf(totals: RunTotals, exit: RunExit): string {
  const { processes, listening, isLoaded, oldNodes = [], silent, refusals = [] } = totals;
  if (refusals.includes(NO_ROOM)) return NO_ROOM;
  if (processes === 0 && refusals[0] !== undefined) return refusals[0];
  if (processes === 0 && oldNodes.length > 0) {
    return `no server listened on Node 18 or newer; the command ran Node ${oldNodes.join(", ")}`;
  }
  if (!isLoaded) return NEVER_LOADED;
  if (processes === 0) {
    return exit.signal === "SIGKILL" ? "the command was killed before a server listened" : NONE_LISTENED;
  }
  const isKilled = silent.length > 0;
  if (listening === 0) {
    return isKilled
      ? "a server was killed before it could tell whether it listened"
      : "a server was about to listen, but could not: its address may be taken (EADDRINUSE) or not allowed (EACCES)";
  }
  return isKilled
    ? "the server was killed before it told of a request; what came in its last 0.1 s, if anything, is lost"
    : "a server listened, but no request came";
}

/** Which option left how many requests without a profile; nothing where all have one. */
export function withoutProfile({ requests, files, limited, leftOut = {} }: RunTotals): string[] {
  const parts = Object.entries(leftOut).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a)
    .map(([option, count]) => ({ who: `--${option}`, count }));
  if (limited > 0) parts.push({ who: "--max-files or --max-size", count: limited });
  const [first, ...others] = parts;
  if (first === undefined) return [];
  const rest = others.map(({ who, count }) => `, ${who} ${number(count)}`).join("");
  if (files > 0) {
    return [`Without a profile: ${first.who} left out ${counted(first.count, "request")}${rest}.`];
  }
  const many = first.count === requests && requests > 1 ? "all " : "";
  return [`No profile was written: ${first.who} left out ${many}${counted(first.count, "request")}${rest}.`];
}
