/** What is remembered of the requests for people to read: bounded, however many there are. */
import { hasFailed } from "../profile/request.ts";
import type { CountedEntry } from "../store/scan_entry.ts";
import { type IndexEntry, OTHER, rowAmong, UNKNOWN_PATHS } from "../store/entry.ts";
import type { Bytes, Milliseconds } from "../units.ts";
import { Culprits } from "./culprits.ts";
import { addDurations, type Durations, noDurations, record } from "./durations.ts";
import { groupedNames, type Row } from "../store/siblings.ts";

/** Routes told apart when there are more than twice as many: those that took the most time. */
const MOST_ROUTES = 1000;

/** All requests of one route. Times are sums. */
export interface RouteTotals extends Row {
  count: number;
  duration: Milliseconds;
  cpu: Milliseconds;
  blocked: Milliseconds;
  wait: Milliseconds;
  /** Of those requests of which it is known what they allocated: how many, and how much. */
  allocating: number;
  alloc: Bytes;
  /** Requests that ended in 5xx or broke off. */
  failed: number;
  durations: Durations;
  routes: number;
  /** The names under which the table's culprits know its requests. */
  names: readonly string[];
  /** The slowest request of which there is a profile. */
  slowest?: IndexEntry;
}

/** All requests so far. */
export interface RouteTable {
  readonly routes: Map<string, RouteTotals>;
  readonly culprits: Culprits;
  /** Allocated bytes were measured, and no functions by their time. */
  isHeap: boolean;
}

export function emptyTable(): RouteTable {
  return { routes: new Map(), culprits: new Culprits(), isHeap: false };
}

/** Counts a request; gives the name of its row. */
export function addRequest(table: RouteTable, entry: IndexEntry): string {
  return countRequest(table, entry, () => entry);
}

type Counted = Omit<CountedEntry, "startedOn">;

/** The same, where most of the entry is not read if it is not needed. */
export function countRequest(table: RouteTable, entry: Counted, whole: () => IndexEntry): string {
  const { duration, cpu, blocked, wait, alloc, files } = entry;
  const totals = totalsOf(table, entry);
  totals.count++;
  totals.duration += duration;
  totals.cpu += cpu;
  totals.blocked += blocked;
  totals.wait += wait;
  if (alloc !== undefined) table.isHeap = true;
  if (alloc) {
    totals.allocating++;
    totals.alloc += alloc.bytes;
  }
  if (hasFailed(entry)) totals.failed++;
  record(totals.durations, duration);
  if (files.length > 0 && duration >= (totals.slowest?.duration ?? 0)) totals.slowest = whole();
  table.culprits.add(totals.name, entry);
  return totals.name;
}

function totalsOf(table: RouteTable, entry: Counted): RouteTotals {
  const { routes } = table;
  const name = rowAmong(entry, routes);
  let totals = routes.get(name);
  if (totals === undefined) {
    totals = emptyTotals(name, entry.pattern === true);
    if (routes.size >= 2 * MOST_ROUTES) makeRoom(table);
    routes.set(name, totals);
  }
  return totals;
}

function emptyTotals(name: string, isPattern = false): RouteTotals {
  return {
    name,
    isPattern,
    routes: 1,
    count: 0,
    duration: 0,
    cpu: 0,
    blocked: 0,
    wait: 0,
    allocating: 0,
    alloc: 0,
    failed: 0,
    durations: noDurations(),
    names: [name],
  };
}

function isSpecial({ name }: RouteTotals): boolean {
  return name === OTHER || name === UNKNOWN_PATHS;
}

/** Puts together what belongs together, and then the cheapest. */
function makeRoom({ routes, culprits }: RouteTable): void {
  const all = [...routes.values()];
  const kept = byTime(grouped(all));
  const rest = [...all.filter((it) => it.name === OTHER), ...kept.slice(MOST_ROUTES)];
  routes.clear();
  for (const it of [...kept.slice(0, MOST_ROUTES), ...all.filter((it) => it.name === UNKNOWN_PATHS)]) {
    routes.set(it.name, it);
  }
  if (rest.length > 0) routes.set(OTHER, sumOf(OTHER, rest));
  for (const [name, row] of routes) {
    if (row.names.length > 1) culprits.join(name, row.names);
    row.names = [name];
  }
}

/** The routes of a table, those that belong together as one; nothing of the table is changed. */
function grouped(all: readonly RouteTotals[]): RouteTotals[] {
  const rows = all.filter((it) => !isSpecial(it));
  const names = groupedNames(rows);
  const members = new Map<string, RouteTotals[]>();
  rows.forEach((row, i) => {
    const known = members.get(names[i]!);
    if (known === undefined) members.set(names[i]!, [row]);
    else known.push(row);
  });
  return [...members].map(([name, own]) =>
    own.length === 1 && own[0]!.name === name ? own[0]! : sumOf(name, own)
  );
}

function sumOf(name: string, members: readonly RouteTotals[]): RouteTotals {
  const sum = emptyTotals(name);
  sum.routes = 0;
  for (const it of members) {
    sum.count += it.count;
    sum.duration += it.duration;
    sum.cpu += it.cpu;
    sum.blocked += it.blocked;
    sum.wait += it.wait;
    sum.allocating += it.allocating;
    sum.alloc += it.alloc;
    sum.failed += it.failed;
    sum.routes += it.routes;
    addDurations(sum.durations, it.durations);
    if ((it.slowest?.duration ?? -1) > (sum.slowest?.duration ?? -1)) sum.slowest = it.slowest!;
  }
  sum.names = members.flatMap((it) => it.names);
  return sum;
}

function byTime(routes: readonly RouteTotals[]): RouteTotals[] {
  return [...routes].sort((a, b) => b.duration - a.duration);
}

/**
 * The `most` routes that took the most time in all, that first; then what was not found, and the rest, as one row each. Many
 * routes in one place that differ by a name are one, called `:x`; its `routes` says how many.
 */
export function topRoutes({ routes }: RouteTable, most: number): RouteTotals[] {
  const all = [...routes.values()];
  const sorted = byTime(grouped(all));
  const rest = [...sorted.slice(most), ...all.filter((it) => it.name === OTHER)];
  const unknown = all.filter((it) => it.name === UNKNOWN_PATHS);
  return [...sorted.slice(0, most), ...unknown, ...(rest.length === 0 ? [] : [sumOf(OTHER, rest)])];
}
