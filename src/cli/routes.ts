/** What is remembered of the requests for the summary: bounded, however many there are. */
import { Culprits } from "../analysis/culprits.ts";
import type { IndexEntry } from "../store/entry.ts";
import type { Milliseconds } from "../units.ts";
import { addDurations, type Durations, noDurations, record } from "../analysis/durations.ts";

/** Routes told apart; what comes later is counted together. */
const MOST_ROUTES = 1000;
const LONGEST_NAME = 300;

/** Name of the row of those. */
export const OTHER = "(other)";

/** All requests of one route. Times are sums. */
export interface RouteTotals {
  name: string;
  count: number;
  duration: Milliseconds;
  cpu: Milliseconds;
  blocked: Milliseconds;
  wait: Milliseconds;
  durations: Durations;
  /** The slowest request of which there is a profile. */
  slowest?: IndexEntry;
}

/** All requests so far. */
export interface RouteTable {
  readonly routes: Map<string, RouteTotals>;
  readonly culprits: Culprits;
}

export function emptyTable(): RouteTable {
  return { routes: new Map(), culprits: new Culprits() };
}

/** Counts a request; gives the name of its row. */
export function addRequest(table: RouteTable, entry: IndexEntry): string {
  const name = nameOf(table, entry);
  let route = table.routes.get(name);
  if (route === undefined) table.routes.set(name, route = emptyRoute(name));
  route.count++;
  route.duration += entry.duration;
  route.cpu += entry.cpu;
  route.blocked += entry.blocked;
  route.wait += entry.wait;
  record(route.durations, entry.duration);
  if (entry.files.length > 0 && entry.duration >= (route.slowest?.duration ?? 0)) route.slowest = entry;
  table.culprits.add(name, entry);
  return name;
}

function emptyRoute(name: string): RouteTotals {
  return { name, count: 0, duration: 0, cpu: 0, blocked: 0, wait: 0, durations: noDurations() };
}

function merge(into: RouteTotals, more: RouteTotals): void {
  into.count += more.count;
  into.duration += more.duration;
  into.cpu += more.cpu;
  into.blocked += more.blocked;
  into.wait += more.wait;
  addDurations(into.durations, more.durations);
}

function nameOf({ routes }: RouteTable, { method, route }: IndexEntry): string {
  const name = `${method} ${route}`.slice(0, LONGEST_NAME);
  return routes.has(name) || routes.size < MOST_ROUTES ? name : OTHER;
}

/** The `most` routes that took the most time in all, that first; the rest as one row at the end. */
export function topRoutes({ routes }: RouteTable, most: number): RouteTotals[] {
  const sorted = [...routes.values()].sort((a, b) => b.duration - a.duration);
  const top = sorted.filter((it) => it.name !== OTHER).slice(0, most);
  const rest = sorted.filter((it) => !top.includes(it));
  if (rest.length === 0) return top;
  const other = emptyRoute(OTHER);
  for (const route of rest) merge(other, route);
  return [...top, other];
}
