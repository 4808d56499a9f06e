/** A report as data: what `profsrv report --json` prints, and what the text and the Markdown are made of. */
import type { RouteCalls } from "../analysis/call_sums.ts";
import type { HeldBy } from "../analysis/culprits.ts";
import { quantile } from "../analysis/durations.ts";
import type { ProfileSums } from "../analysis/functions.ts";
import type {
  AllocatingFunction,
  CalledFunction,
  HotFunction,
  IndexEntry,
  RunTotals,
} from "../store/entry.ts";
import type { RunRecord } from "../store/read_run.ts";
import type { Bytes, Milliseconds } from "../units.ts";
import { type RouteTable, type RouteTotals, topRoutes } from "../analysis/routes.ts";
import { OUTSIDE } from "../profile/request.ts";
import type { ChosenRoute } from "./chosen_route.ts";

/** All requests of a route; times are of a request, on average. */
export interface RouteReport {
  readonly name: string;
  readonly count: number;
  readonly p50: Milliseconds;
  readonly p95: Milliseconds;
  readonly max: Milliseconds;
  readonly duration: Milliseconds;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
  /** With `--profiler heap` only, as is `allocators`; null where that is lost. */
  readonly alloc?: Bytes | null;
  readonly functions: readonly HotFunction[];
  /** Those that allocated most; `self` is bytes. */
  readonly allocators?: readonly AllocatingFunction[];
  readonly blockers: readonly HeldBy[];
  /** How often a request called each function; empty where calls were not counted. */
  readonly calls: readonly RouteCalls[];
}

/** A function with its time in milliseconds, or its bytes. */
export interface ReportedFunction extends Omit<HotFunction, "self"> {
  readonly self: number;
}

/** Who held up others, and whom. */
export interface BlockerReport extends HeldBy {
  readonly heldUp: readonly HeldBy[];
}

/** The report; version 1 of its shape, documented in docs/report.md. */
export interface ReportData {
  readonly v: 1;
  readonly directory: string;
  readonly command: readonly string[];
  readonly start: string;
  readonly end: string | null;
  /** How it ended, in a few words. */
  readonly state: string;
  readonly requests: number;
  readonly files: number;
  /** Why there are no requests, or which option left requests without a profile. */
  readonly notes: readonly string[];
  /** What the rest is about, if it is not about all requests. */
  readonly only: { readonly route?: string; readonly request?: string } | null;
  readonly routes: readonly RouteReport[];
  readonly slowest: readonly IndexEntry[];
  /** Bytes were measured, and no functions by their time: `functions` are those that allocated most, and their `self` is bytes. */
  readonly isHeap: boolean;
  /** The application's hottest functions, of each request the one with most of its time. */
  readonly functions: readonly ReportedFunction[];
  readonly blockers: readonly BlockerReport[];
  /** How often the one request that the report is about called each function. */
  readonly calls: readonly CalledFunction[];
  /** Of the slowest requests that have profiles; null where none was read. */
  readonly profiles: ProfileSums | null;
}

/** What a report is made from. */
export interface ReportSources {
  readonly directory: string;
  readonly record: RunRecord;
  readonly state: string;
  readonly totals: RunTotals;
  readonly notes: readonly string[];
  readonly table: RouteTable;
  readonly slowest: readonly IndexEntry[];
  readonly profiles: ProfileSums | undefined;
  readonly only: { readonly route?: ChosenRoute; readonly request?: string };
  readonly top: number;
}

/** Puts a report together. Pure. */
export function reportData(from: ReportSources): ReportData {
  const { directory, record, state, totals, notes, table, slowest, profiles, only, top } = from;
  const { culprits, isHeap } = table;
  const { route, request } = only;
  const isWhole = route === undefined && request === undefined;
  const { names = [] } = route?.totals ?? {};
  const routes = isWhole ? topRoutes(table, top) : route?.totals === undefined ? [] : [route.totals];
  const functions = isWhole
    ? isHeap ? culprits.allAllocators() : culprits.allFunctions()
    : route?.name === OUTSIDE
    ? totals.outside?.functions ?? []
    : isHeap
    ? culprits.allocators(...names)
    : culprits.functions(...names);
  return {
    v: 1,
    directory,
    command: record.command,
    start: record.start,
    end: record.end,
    state,
    requests: totals.requests,
    files: totals.files,
    notes,
    only: isWhole ? null : route === undefined ? { request: request! } : { route: route.name },
    routes: routes.map((it) => routeReport(it, table, top)),
    slowest,
    isHeap,
    functions: functions.slice(0, top),
    blockers: blockersOf(table, route).slice(0, top),
    calls: request === undefined ? [] : slowest[0]?.calls?.slice(0, top) ?? [],
    profiles: profiles === undefined ? null : { ...profiles, functions: profiles.functions.slice(0, top) },
  };
}

/** Of a route who held it up; of what ran outside requests whom that held up. */
function blockersOf({ culprits }: RouteTable, route: ChosenRoute | undefined): BlockerReport[] {
  const all = route?.totals === undefined ? culprits.allBlockers() : culprits.blockers(...route.totals.names);
  const blockers = route?.name === OUTSIDE ? all.filter(({ name }) => name === OUTSIDE) : all;
  return blockers.map((it) => ({ ...it, heldUp: culprits.heldUpBy(it.name) }));
}

function routeReport(route: RouteTotals, { culprits, isHeap }: RouteTable, top: number): RouteReport {
  const { name, count, durations } = route;
  return {
    name,
    count,
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    max: durations.most,
    duration: route.duration / count,
    cpu: route.cpu / count,
    blocked: route.blocked / count,
    wait: route.wait / count,
    ...(isHeap
      ? {
        alloc: route.allocating === 0 ? null : route.alloc / route.allocating,
        allocators: culprits.allocators(...route.names).slice(0, top),
      }
      : {}),
    functions: culprits.functions(...route.names).slice(0, top),
    blockers: culprits.blockers(...route.names).slice(0, top),
    calls: culprits.calls(...route.names).slice(0, top),
  };
}
