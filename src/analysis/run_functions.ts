/** What two runs are compared by: the requests of each route, and their functions, from profiles of requests and of whole routes. */
import type { Frame, Profile, Unit } from "../profile/model.ts";
import type { RouteProfile, RouteProfiles } from "../profile/route_profiles.ts";
import { functionShares } from "./function_shares.ts";
import type { RunSeries } from "./route_series.ts";
import { seededRandom } from "./statistics.ts";

/** Blocks of time. */
export const BLOCKS = 16;

/** Times of one function, in milliseconds for each request; or its bytes. */
export interface FunctionTimes {
  readonly self: number;
  readonly total: number;
  readonly own: number;
  /** The part of `own` in the runtime's code. */
  readonly runtime: number;
}

/** One request's functions, as shares of its sampled time or bytes. */
export interface ProfiledRequest {
  /** Place among the requests of its route, from 0. */
  readonly index: number;
  /** How many samples these are of; of bytes, how many bytes. */
  readonly samples: number;
  readonly shares: readonly ({ readonly function: number } & FunctionTimes)[];
}

/** A run as functions are compared by. */
export interface ProfiledRun {
  readonly series: RunSeries;
  readonly functions: Functions;
}

/** What profiles say of functions. */
export interface Functions {
  /** What profiles are of. */
  readonly unit: Unit;
  readonly frames: readonly Frame[];
  /** The profiled requests of each route, in their order. */
  readonly routes: ReadonlyMap<string, ProfiledRequest[]>;
  /** The sums of all requests of each route, in parts as if each were a block of time; `index` is the block. */
  readonly merged: ReadonlyMap<string, ProfiledRequest[]>;
  /** Routes of which a profile that the index names is gone. */
  readonly lost: ReadonlySet<string>;
}

/** Collects the profiles of a run. */
export class RunFunctions implements Functions {
  readonly unit: Unit;
  readonly frames: Frame[] = [];
  readonly routes = new Map<string, ProfiledRequest[]>();
  readonly merged = new Map<string, ProfiledRequest[]>();
  readonly lost = new Set<string>();
  readonly #indexOf = new Map<string, number>();

  constructor(unit: Unit = "microseconds") {
    this.unit = unit;
  }

  /** Adds a request's profile; those of a route in their order. */
  add(route: string, request: { readonly index: number; readonly samples: number }, profile: Profile): void {
    const shares = this.#sharesOf(profile);
    if (shares.length === 0) return;
    const known = this.routes.get(route);
    const samples = this.unit === "bytes" ? profile.endAt - profile.startAt : request.samples;
    const profiled = { index: request.index, samples: Math.max(1, samples), shares };
    if (known === undefined) this.routes.set(route, [profiled]);
    else known.push(profiled);
  }

  /**
   * Adds the sums of a route. When its samples were taken is not known: each goes to a block by lot, so that the blocks differ by as much as
   * chance makes samples differ. Times of requests vary, and samples of one with them (by 0.7 of the mean where many are alike): so half as many go together as a request has.
   */
  addMerged({ frames, stacks }: RouteProfiles, { name, requests, stacks: sums }: RouteProfile): void {
    const all = sums.reduce((sum, { samples }) => sum + samples, 0);
    const together = Math.max(1, Math.ceil(all / Math.max(1, requests) / 2));
    const random = seededRandom(all);
    const blocks = Array.from({ length: BLOCKS }, () => new Map<number, number>());
    for (const { stack, samples, time } of sums) {
      // A sample of bytes stands for as many as the object had that was sampled.
      const each = this.unit === "bytes" ? time / samples : 1;
      for (let left = samples; left > 0; left -= together) {
        const block = blocks[Math.floor(random() * BLOCKS)]!;
        block.set(stack, (block.get(stack) ?? 0) + each * Math.min(left, together));
      }
    }
    const parts = blocks.map((block, index): ProfiledRequest => {
      const samples = { stack: [...block.keys()], time: [...block.values()], startAt: [] };
      const shares = this.#sharesOf({ frames, stacks, samples, startAt: 0, endAt: 0 });
      return { index, samples: samples.time.reduce((sum, it) => sum + it, 0), shares };
    });
    if (parts.every(({ shares }) => shares.length > 0)) this.merged.set(name, parts);
  }

  #sharesOf(profile: Profile): ProfiledRequest["shares"] {
    return functionShares(profile).map(({ frame, ...shares }) => {
      return { function: this.#index(frame), ...shares };
    });
  }

  #index(frame: Frame): number {
    const key = `${frame.name}\0${frame.url}\0${frame.line}\0${frame.column}`;
    let index = this.#indexOf.get(key);
    if (index === undefined) this.#indexOf.set(key, index = this.frames.push(frame) - 1);
    return index;
  }
}

/** The profiles of a route in two runs. */
export interface ComparedProfiles {
  readonly before: readonly ProfiledRequest[];
  readonly after: readonly ProfiledRequest[];
  /** They are the sums of all requests. */
  readonly isMerged: boolean;
}

/**
 * What the functions of a route are compared by: the profiles of its requests where all of both runs are there, in their order; else the sums of
 * the routes where both runs have them, since the profiles that are left are of slow requests; else the profiles that are left. Undefined if
 * there are too few.
 */
export function profilesToCompare(
  before: ProfiledRun,
  after: ProfiledRun,
  name: string,
): ComparedProfiles | undefined {
  const runs = [before, after];
  const isWhole = runs.every(({ series, functions }) => {
    const route = series.get(name);
    return route !== undefined && route.written.length === route.cpu.length && !functions.lost.has(name);
  });
  const merged = runs.map((run) => mergedOf(run, name));
  const single = runs.map(({ functions }) => functions.routes.get(name) ?? []);
  const isMerged = (!isWhole || !isEnough(single)) && isEnough(merged);
  const [first, second] = isMerged ? merged : single;
  return isEnough([first!, second!]) ? { before: first!, after: second!, isMerged } : undefined;
}

function isEnough(profiles: readonly (readonly ProfiledRequest[])[]): boolean {
  return profiles.every(({ length }) => length >= BLOCKS);
}

/** As if each block of the sums had been taken in its part of the run. */
function mergedOf({ series, functions }: ProfiledRun, name: string): ProfiledRequest[] {
  const requests = series.get(name)?.cpu.length ?? 0;
  if (requests < BLOCKS) return [];
  return (functions.merged.get(name) ?? []).map((it) => {
    return { ...it, index: Math.round(it.index * requests / BLOCKS) };
  });
}
