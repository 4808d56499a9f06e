/** The merged profiles of a run's routes: of all requests where `routes.pb.gz` holds them, else of those with most cpu whose profiles were kept. */
import { setImmediate } from "node:timers/promises";
import { profileOfStacks } from "../analysis/merged_profile.ts";
import { type RouteTotals, topRoutes } from "../analysis/routes.ts";
import { isMeta, UNSAMPLED } from "../profile/frames.ts";
import { StackMap } from "../profile/merge.ts";
import type { Profile } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { Tables } from "../profile/tables.ts";
import { FileRefused } from "../files/refused.ts";
import { readProfile } from "../store/read_profile.ts";
import { readRoutesFile } from "../store/routes_file.ts";
import { type Milliseconds, toMicroseconds } from "../units.ts";
import type { ViewedRun } from "./viewed_run.ts";

/** Profiles read of a run, and of each route at least. */
const MOST_PROFILES = 400;
const LEAST_OF_EACH = 4;
/** While a run goes on they are made anew after so long. */
const FRESH: Milliseconds = 10_000;

interface StackSum {
  samples: number;
  time: number;
}

/** One route: its samples by stack, scaled to the cpu that was measured of all its requests. */
export interface MergedRoute {
  readonly name: string;
  readonly requests: number;
  readonly stacks: ReadonlyMap<number, StackSum>;
}

export interface MergedRoutes {
  readonly tables: Pick<Profile, "unit" | "frames" | "stacks">;
  readonly routes: readonly MergedRoute[];
}

/** The merged profiles of a run; they are kept. */
export class MergedProfiles {
  readonly #run: ViewedRun;
  #made: Promise<MergedRoutes> | undefined;
  /** Requests that were known then. */
  #rows = -1;
  #madeAt = -Infinity;

  constructor(run: ViewedRun) {
    this.#run = run;
  }

  routes(): Promise<MergedRoutes> {
    const isFresh = this.#run.state === "live" && performance.now() - this.#madeAt < FRESH;
    return this.#made === undefined || !isFresh ? this.#makeAnew() : this.#made;
  }

  /** Unless no request has come since. */
  #makeAnew(): Promise<MergedRoutes> {
    const { rows } = this.#run.table;
    if (this.#made === undefined || rows !== this.#rows) {
      this.#rows = rows;
      this.#madeAt = performance.now();
      this.#made = Promise.resolve(mergedOf(this.#run) ?? mergeKept(this.#run));
    }
    return this.#made;
  }

  /** The merged profile of a route, of all of them if none is named; undefined if there is none. */
  async profile(route?: string): Promise<RequestProfile | undefined> {
    const isWanted = ({ name }: MergedRoute): boolean => route === undefined || name === route;
    let { tables, routes } = await this.routes();
    // Its first request may have come since.
    if (!routes.some(isWanted)) ({ tables, routes } = await this.#makeAnew());
    return mergedProfile(tables, routes.filter(isWanted), route);
  }
}

/** What all of these ran, one stack after another, as a profile of no request; undefined if that is nothing. */
export function mergedProfile(
  tables: MergedRoutes["tables"],
  routes: readonly MergedRoute[],
  name = "all requests",
): RequestProfile | undefined {
  const sums = new Map<number, StackSum>();
  for (const { stacks } of routes) for (const [stack, sum] of stacks) add(sums, stack, sum);
  if (sums.size === 0) return undefined;
  const all = [...sums].map(([stack, { samples, time }]) => ({ stack, samples, time: Math.round(time) }));
  return profileOfStacks(tables, all, name);
}

/** What the run itself has summed of all its requests, which it writes last of all; undefined where that cannot be had. */
function mergedOf({ directory, record, state, routes }: ViewedRun): MergedRoutes | undefined {
  if (state !== "ended") return undefined;
  try {
    const written = readRoutesFile(directory);
    if (written === undefined || written.run !== record.run) return undefined;
    const byName = new Map(written.routes.map((route) => [route.name, route]));
    const merged = topRoutes(routes, MOST_PROFILES).flatMap(({ name, names }): MergedRoute[] => {
      const own = names.flatMap((it) => byName.get(it) ?? []);
      const stacks = new Map<number, StackSum>();
      for (const route of own) for (const sum of route.stacks) add(stacks, sum.stack, sum);
      const requests = own.reduce((count, route) => count + route.requests, 0);
      return stacks.size === 0 ? [] : [{ name, requests, stacks }];
    });
    return { tables: written, routes: merged };
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return undefined;
  }
}

async function mergeKept(run: ViewedRun): Promise<MergedRoutes> {
  const tables = new Tables();
  const merged: MergedRoute[] = [];
  const routes = topRoutes(run.routes, MOST_PROFILES / LEAST_OF_EACH);
  const rows = keptRows(run, routes);
  const most = Math.max(LEAST_OF_EACH, Math.floor(MOST_PROFILES / Math.max(1, routes.length)));
  for (const route of routes) {
    const stacks = new Map<number, StackSum>();
    let [requests, sampled] = [0, 0];
    for (const row of rows.get(route)!.slice(0, most)) {
      const found = readProfile(run.directory, run.entryOf(row) ?? { files: [] });
      await setImmediate();
      if (found.kind !== "found") continue;
      requests++;
      sampled += addProfile({ tables, stacks }, found.profile.profile);
    }
    if (sampled === 0) continue;
    const scale = (run.routes.isHeap ? route.alloc : toMicroseconds(route.cpu)) / sampled;
    for (const sum of stacks.values()) sum.time *= scale;
    merged.push({ name: route.name, requests, stacks });
  }
  const { frames, stacks } = tables;
  return { tables: { unit: run.routes.isHeap ? "bytes" : undefined, frames, stacks }, routes: merged };
}

/** The rows of each route that have a profile, those with most cpu first. */
function keptRows({ table }: ViewedRun, routes: readonly RouteTotals[]): Map<RouteTotals, number[]> {
  const byName = new Map(routes.flatMap((route) => route.names.map((name) => [name, route])));
  const found = new Map(routes.map((route): [RouteTotals, number[]] => [route, []]));
  for (let row = 0; row < table.rows; row++) {
    if (table.file.length(row) === 0) continue;
    const route = byName.get(table.routeNames.values[table.routeName.get(row)]!);
    if (route !== undefined) found.get(route)!.push(row);
  }
  for (const rows of found.values()) rows.sort((a, b) => table.cpu.get(b) - table.cpu.get(a));
  return found;
}

/** Adds what was sampled of a profile; gives its time. */
function addProfile(
  { tables, stacks }: { readonly tables: Tables; readonly stacks: Map<number, StackSum> },
  profile: Profile,
): number {
  const map = new StackMap(profile, tables);
  let sampled = 0;
  for (const [i, stack] of profile.samples.stack.entries()) {
    if (isMeta(profile.frames[profile.stacks.frame[stack]!]!, UNSAMPLED)) continue;
    const time = profile.samples.time[i]!;
    add(stacks, map.get(stack), { samples: 1, time });
    sampled += time;
  }
  return sampled;
}

function add(sums: Map<number, StackSum>, stack: number, { samples, time }: StackSum): void {
  const sum = sums.get(stack);
  if (sum === undefined) sums.set(stack, { samples, time });
  else {
    sum.samples += samples;
    sum.time += time;
  }
}
