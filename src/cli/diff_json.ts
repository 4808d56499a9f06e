/** What `profsrv diff --json` prints; `docs/diff.md` describes it. */
import { type Change, RULES } from "../analysis/change.ts";
import type { FunctionChange } from "../analysis/compare_functions.ts";
import { routesOver } from "../analysis/comparison.ts";
import { scriptPath } from "../profile/frames.ts";
import type { Unit } from "../profile/model.ts";
import type { ComparedRun } from "./compared_run.ts";
import { type Compared, verdictWord } from "./diff_words.ts";

/** The comparison as one JSON object; ends with a line break. Pure. */
export function diffJson({ before, after, comparison, failOver }: Compared): string {
  const { routes, functions } = comparison;
  const value = {
    v: 1,
    before: runOf(before),
    after: runOf(after),
    rules: RULES,
    common: Number(functions.common.toFixed(4)),
    unit: functions.unit === "bytes" ? "bytes" : "milliseconds",
    routes: routes.map(({ cpu, duration, blocked, alloc, ...rest }) => ({
      ...rest,
      alloc: alloc === null ? null : changeOf(alloc, "bytes"),
      cpu: changeOf(cpu),
      duration: changeOf(duration),
      blocked: changeOf(blocked),
    })),
    functions: functions.functions.map((it) => functionOf(it, functions.unit)),
    functionsOfRoutes: functions.routes,
    mergedRoutes: functions.merged,
    failOver: failOver === undefined
      ? null
      : { share: failOver, routes: routesOver(comparison, failOver).map(({ route }) => route) },
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function runOf({ path, record, requests, leftOut, damaged, profiles }: ComparedRun): object {
  const { command, start, end, profiler = "cpu", serial = false, calls } = record;
  const measured = { profiler, serial, calls: calls !== undefined };
  return { directory: path, command, start, end, ...measured, requests, leftOut, damaged, profiles };
}

function functionOf({ frame, route, self, total, ...own }: FunctionChange, unit: Unit): object {
  return {
    function: frame.name,
    file: scriptPath(frame.url),
    line: frame.line + 1,
    route,
    verdict: verdictWord(own.verdict, unit),
    own: changeOf(own, unit),
    self: { before: exact(self.before), after: exact(self.after) },
    total: { before: exact(total.before), after: exact(total.after) },
  };
}

function changeOf({ before, after, change, low, high, p, verdict }: Change, unit?: Unit): object {
  return {
    before: exact(before),
    after: exact(after),
    change: change === null ? null : Number(change.toFixed(4)),
    low: low === null ? null : exact(low),
    high: high === null ? null : exact(high),
    p: p === null ? null : Number(p.toPrecision(3)),
    verdict: verdictWord(verdict, unit),
  };
}

/** Milliseconds, to the microsecond; bytes. */
function exact(time: number): number {
  return Number(time.toFixed(3));
}
