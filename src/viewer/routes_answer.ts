/** All requests by route: the answer of `routes`. */
import { quantile } from "../analysis/durations.ts";
import { type RouteTable, type RouteTotals, topRoutes } from "../analysis/routes.ts";
import type { RouteRow, Routes } from "./api.ts";
import { wellFormed } from "./api.ts";

const MOST_ROUTES = 1000;
const MOST_NAMED = 10;

export function routesAnswer(table: RouteTable): Routes {
  const routes = topRoutes(table, MOST_ROUTES);
  const cpu = routes.reduce((sum, it) => sum + it.cpu, 0);
  return {
    routes: routes.map((it) => rowOf(it, table, cpu)).sort((a, b) => b.cpu - a.cpu),
  };
}

/** The row that a name stands for: its own, or that of which it is a part. */
export function routeNamed(table: RouteTable, name: string): RouteTotals | undefined {
  const routes = topRoutes(table, MOST_ROUTES);
  const isIt = (it: string): boolean => it === name || wellFormed(it) === name;
  return routes.find((it) => isIt(it.name)) ?? routes.find(({ names }) => names.some(isIt));
}

function rowOf(route: RouteTotals, { culprits, isHeap }: RouteTable, allCpu: number): RouteRow {
  const { name, names, count, durations, duration, cpu, blocked, wait, failed, slowest } = route;
  return {
    name,
    names,
    count,
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    p99: quantile(durations, 0.99),
    max: durations.most,
    failed: failed / count,
    duration,
    cpu,
    blocked,
    wait,
    cpuShare: allCpu === 0 ? 0 : cpu / allCpu,
    alloc: route.allocating === 0 ? null : route.alloc / route.allocating,
    functions: (isHeap ? culprits.allocators(...names) : culprits.functions(...names)).slice(0, MOST_NAMED),
    blockers: culprits.blockers(...names).slice(0, MOST_NAMED),
    heldUp: addedUp(names.flatMap((it) => culprits.heldUpBy(it))).slice(0, MOST_NAMED),
    slowest: slowest?.id ?? null,
  };
}

type Held = RouteRow["heldUp"][number];

/** A route that several held up stands there once. */
function addedUp(held: readonly Held[]): Held[] {
  const sums = new Map<string, Held>();
  for (const { name, ms, count } of held) {
    const sum = sums.get(name);
    sums.set(name, { name, ms: ms + (sum?.ms ?? 0), count: count + (sum?.count ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.ms - a.ms);
}
