/** Two runs, and what changed from one to the other: what `profsrv diff` prints. Pure. */
import type { Change } from "./change.ts";
import { compareFunctions, type FunctionChange, type FunctionComparison } from "./compare_functions.ts";
import { compareRoutes, type RouteChange } from "./compare_routes.ts";
import { machineDrift } from "./drift.ts";
import type { ProfiledRun } from "./run_functions.ts";
import { withSameNames } from "./same_names.ts";

/** What is compared, and what came of it. */
export interface Comparison {
  readonly routes: readonly RouteChange[];
  readonly functions: FunctionComparison;
}

export function compareRuns(first: ProfiledRun, second: ProfiledRun): Comparison {
  const [before, after] = withSameNames(first, second);
  const machine = machineDrift(before.series, after.series);
  const functions = compareFunctions(before, after, machine);
  const routes = compareRoutes(before.series, after.series, { common: functions.change, machine });
  return { routes, functions };
}

/**
 * The routes that became slower for certain, and by more than a share of what they took: in own cpu or in duration. A share that all functions
 * changed by is not counted.
 */
export function routesOver(comparison: Comparison, share: number): RouteChange[] {
  return routesLonger(comparison, share, ({ verdict }) => verdict === "slower");
}

/** Those that took longer by more than that, too, but not for certain. */
export function routesMaybeOver(comparison: Comparison, share: number): RouteChange[] {
  const over = routesOver(comparison, share);
  return routesLonger(comparison, share, ({ before, after }) => before > 0 && after > 0)
    .filter((it) => !over.includes(it));
}

function routesLonger(
  { routes, functions }: Comparison,
  share: number,
  counts: (change: Change) => boolean,
): RouteChange[] {
  const common = functions.change ?? 0;
  const isOver = ({ change }: Change) =>
    change === null || Math.min(change, (1 + change) / (1 + common) - 1) > share;
  return routes.filter(({ cpu, duration }) => [cpu, duration].some((it) => counts(it) && isOver(it)));
}

/** The function that became slower most certainly; undefined if none did. */
export function culpritOf({ functions: { functions } }: Comparison): FunctionChange | undefined {
  return functions[0]?.verdict === "slower" ? functions[0] : undefined;
}
