/** What changed in the functions of two runs. */
import { isMeta, PROFILER, PROGRAM } from "../profile/frames.ts";
import type { Frame, Unit } from "../profile/model.ts";
import type { Bytes, Milliseconds } from "../units.ts";
import { type Blocks, type Change, changesOf, type Quantity } from "./change.ts";
import { BYTES_DRIFT, functionDrift } from "./drift.ts";
import { evenPace, level, paceOf } from "./pace.ts";
import { blockBorders, type RouteSeries } from "./route_series.ts";
import {
  BLOCKS,
  type ComparedProfiles,
  type FunctionTimes,
  type ProfiledRequest,
  type ProfiledRun,
  profilesToCompare,
} from "./run_functions.ts";
import { type SameFunctions, sameFunctions } from "./same_functions.ts";
import { meanOf, medianOf, standardErrors } from "./statistics.ts";

/** A function with a smaller share of the cpu in both runs is not compared. */
const LEAST_SHARE = 0.01;
/** The times are of a mix of requests, so those of a rare route are small. */
const LEAST: Readonly<Record<Unit, number>> = { microseconds: 0.001 as Milliseconds, bytes: 16 as Bytes };

/** One function in both runs. */
export interface FunctionChange extends Change {
  readonly frame: Frame;
  /** The route in which most of the change is. */
  readonly route: string;
  readonly self: { readonly before: number; readonly after: number };
  readonly total: { readonly before: number; readonly after: number };
}

/** The functions of both runs, and the routes that have profiles enough for it. */
export interface FunctionComparison {
  readonly functions: readonly FunctionChange[];
  readonly routes: readonly string[];
  /** Those of them of which the sums of all requests were compared, not profiles of single ones. */
  readonly merged: readonly string[];
  /** The share by which all functions changed alike; 0 if they did not. */
  readonly common: number;
  /** The same, however small; undefined where too few functions are known. */
  readonly change: number | undefined;
  /** Their times are milliseconds, or bytes that they allocated. */
  readonly unit: Unit;
}

/**
 * Compares what functions took of a request: for each route and block of time their shares of the samples, of the cpu (or the bytes) that
 * was measured there; then the routes together, mixed alike for both runs, so that a run with other requests is no change; all
 * at the pace of the machine in the run before.
 * Those that became slower come first, by what they surely cost more, then the others by how likely they became slower, those that became faster last.
 *
 * @param machine what `machineDrift` says of these runs
 */
export function compareFunctions(
  before: ProfiledRun,
  after: ProfiledRun,
  machine: number,
): FunctionComparison {
  const { unit } = after.functions;
  const same = sameFunctions(before.functions.frames, after.functions.frames);
  const routes = comparable(before, after);
  const runs = [before, after].map((run, index) => {
    const numbers = index === 0 ? same.before : same.after;
    return routes.map(({ name, profiles }) =>
      timesOf(run.series.get(name)!, index === 0 ? profiles.before : profiles.after, {
        unit,
        numbers,
        count: same.frames.length,
      })
    );
  }) as [RouteTimes[], RouteTimes[]];
  const rows = rowsOf(same, routes, runs);
  // A busy machine makes nothing allocate more.
  const pace = unit === "bytes" ? evenPace(BLOCKS) : paceOf(rows.map(({ own }) => own));
  const all = rows.reduce((sum, { own }) => sum + meanOf(own.before) + meanOf(own.after), 0);
  const common = pace.isKnown ? pace.change : undefined;
  const leveled = rows.map(({ own, runtime }): Quantity => {
    const part = (meanOf(own.before) + meanOf(own.after)) / all;
    const of = { common, machine, part, runtime };
    return { ...level(own, pace), drift: unit === "bytes" ? BYTES_DRIFT : functionDrift(of) };
  });
  const changes = changesOf(leveled, { least: LEAST[unit] });
  const found = rows.map(({ frame, route, self, total }, index): Ranked => {
    const medians = (blocks: Blocks) => {
      const { before, after } = level(blocks, pace);
      return { before: medianOf(before), after: medianOf(after) };
    };
    const change = { frame, route, self: medians(self), total: medians(total), ...changes[index]! };
    const { before, after, drift } = leveled[index]!;
    return { change, certainty: standardErrors(before, after, drift) };
  });
  return {
    functions: ranked(found),
    routes: routes.map(({ name }) => name),
    merged: routes.filter(({ profiles }) => profiles.isMerged).map(({ name }) => name),
    common: pace.common,
    change: common,
    unit,
  };
}

interface Comparable {
  readonly name: string;
  readonly profiles: ComparedProfiles;
  /** Of all requests compared, in the mix of both runs. */
  readonly share: number;
}

function comparable(before: ProfiledRun, after: ProfiledRun): Comparable[] {
  if (before.functions.unit !== after.functions.unit) return [];
  const found = [...before.series.keys()].flatMap((name) => {
    const profiles = profilesToCompare(before, after, name);
    return profiles === undefined ? [] : [{ name, profiles }];
  });
  const requests = ({ series }: ProfiledRun, name: string) => series.get(name)?.cpu.length ?? 0;
  const all = [before, after].map((run) => found.reduce((sum, { name }) => sum + requests(run, name), 0));
  return found.map((it) => ({
    ...it,
    share: (requests(before, it.name) / all[0]! + requests(after, it.name) / all[1]!) / 2,
  }));
}

/** For each block and function the time of a request, or its bytes. */
type RouteTimes = readonly { readonly [Kind in keyof FunctionTimes]: Float64Array }[];

function timesOf(
  { cpu, alloc }: RouteSeries,
  profiled: readonly ProfiledRequest[],
  { unit, numbers, count }: {
    readonly unit: Unit;
    readonly numbers: readonly number[];
    readonly count: number;
  },
): RouteTimes {
  const measured = unit === "bytes" ? alloc : cpu;
  // Of the requests that have profiles, so that each block has some.
  const borders = blockBorders(profiled.length, BLOCKS);
  return borders.slice(1).map((end, block) => {
    const members = profiled.slice(borders[block], end);
    const from = block === 0 ? 0 : members[0]!.index;
    const until = end === profiled.length ? cpu.length : profiled[end]!.index;
    const usual = medianOf(measured.slice(from, until).filter((it) => !Number.isNaN(it)));
    const samples = members.reduce((sum, it) => sum + it.samples, 0);
    const times = {
      self: new Float64Array(count),
      total: new Float64Array(count),
      own: new Float64Array(count),
      runtime: new Float64Array(count),
    };
    for (const { samples: weight, shares } of members) {
      const scale = usual * weight / samples;
      for (const share of shares) {
        const number = numbers[share.function]!;
        times.self[number]! += scale * share.self;
        times.total[number]! += scale * share.total;
        times.own[number]! += scale * share.own;
        times.runtime[number]! += scale * share.runtime;
      }
    }
    return times;
  });
}

interface Row
  extends Pick<FunctionChange, "frame" | "route">, Readonly<Record<"self" | "total" | "own", Blocks>> {
  /** The part of `own` in the runtime's code. */
  readonly runtime: number;
}

function rowsOf(
  { frames }: SameFunctions,
  routes: readonly Comparable[],
  [before, after]: readonly [RouteTimes[], RouteTimes[]],
): Row[] {
  if (routes.length === 0) return [];
  const mixed = (run: readonly RouteTimes[], kind: keyof FunctionTimes, number: number) =>
    Array.from(
      { length: BLOCKS },
      (_, block) =>
        run.reduce((sum, times, index) => sum + routes[index]!.share * times[block]![kind][number]!, 0),
    );
  const both = (kind: keyof FunctionTimes, number: number) => ({
    before: mixed(before, kind, number),
    after: mixed(after, kind, number),
  });
  const all = frames.map((frame, number) => ({ frame, number, own: both("own", number) }));
  const cpu = (run: keyof Blocks) => all.reduce((sum, { own }) => sum + medianOf(own[run]), 0);
  const least = LEAST_SHARE * Math.min(cpu("before"), cpu("after"));
  return all.flatMap(({ frame, number, own }) => {
    if (Math.max(medianOf(own.before), medianOf(own.after)) < least || isNoFunction(frame)) return [];
    const moved = routes.map(({ share }, index) => {
      const mean = (times: RouteTimes) => meanOf(times.map((it) => it.own[number]!));
      return share * (mean(after[index]!) - mean(before[index]!));
    });
    const sign = moved.reduce((sum, it) => sum + it, 0) < 0 ? -1 : 1;
    const most = moved.reduce((best, it, index) => sign * it > sign * moved[best]! ? index : best, 0);
    return [{
      frame,
      route: routes[most]!.name,
      own,
      runtime: partOf(own, both("runtime", number)),
      self: both("self", number),
      total: both("total", number),
    }];
  });
}

/** Which part the second is of the first, in both runs. */
function partOf(whole: Blocks, part: Blocks): number {
  const [all, some] = [whole, part].map(({ before, after }) => meanOf(before) + meanOf(after));
  return all! > 0 ? some! / all! : 0;
}

/** What the system and the profiler did: it is as the machine is, and nobody can mend it. */
function isNoFunction(frame: Frame): boolean {
  return isMeta(frame, PROGRAM) || isMeta(frame, PROFILER);
}

interface Ranked {
  readonly change: FunctionChange;
  /** Of what is no change for certain: how likely it became slower, in standard errors. */
  readonly certainty: number;
}

/**
 * Slower ones first, those that certainly cost most more before others; then the others, those that most likely became slower first; those that
 * became faster for certain last: a machine that is less busy makes what waits for the system faster, and the culprit must not stand behind that.
 */
function ranked(functions: Ranked[]): FunctionChange[] {
  const rank = ({ verdict }: Change) => verdict === "slower" ? 0 : verdict === "faster" ? 2 : 1;
  const weight = ({ change: { verdict, low, high }, certainty }: Ranked) =>
    verdict === "slower" ? low ?? 0 : verdict === "faster" ? -(high ?? 0) : certainty;
  return functions.sort((a, b) => rank(a.change) - rank(b.change) || weight(b) - weight(a))
    .map(({ change }) => change);
}
