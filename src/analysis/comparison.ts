/** Two runs, and what changed from one to the other: what `profsrv diff` prints. Pure. */
import { compareFunctions, type FunctionChange, type FunctionComparison } from "./compare_functions.ts";
import { compareRoutes, type RouteChange } from "./compare_routes.ts";
import type { ProfiledRun } from "./run_functions.ts";
import { withSameNames } from "./same_names.ts";

/** What is compared, and what came of it. */
export interface Comparison {
  readonly routes: readonly RouteChange[];
  readonly functions: FunctionComparison;
}

export function compareRuns(first: ProfiledRun, second: ProfiledRun): Comparison {
  const [before, after] = withSameNames(first, second);
  const functions = compareFunctions(before, after);
  return { routes: compareRoutes(before.series, after.series, functions.change), functions };
}

/** The routes that became slower for certain, and by more than a share of what they took: in own cpu or in duration. */
export function routesOver({ routes }: Comparison, share: number): RouteChange[] {
  return routes.filter(({ cpu, duration }) =>
    [cpu, duration].some(({ verdict, change }) => verdict === "slower" && (change === null || change > share))
  );
}

/** The function that became slower most certainly; undefined if none did. */
export function culpritOf({ functions: { functions } }: Comparison): FunctionChange | undefined {
  return functions[0]?.verdict === "slower" ? functions[0] : undefined;
}
