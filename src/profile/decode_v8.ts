import type { Microseconds } from "../units.ts";
import { metaFrame, PROGRAM } from "./frames.ts";
import type { Profile, Samples } from "./model.ts";
import { Tables } from "./tables.ts";
import type { ScriptUrls } from "./script_urls.ts";
import type { V8Profile } from "./v8.ts";
import { contradictionsOf, decodeTree, type TreeOptions, unreadable } from "./v8_tree.ts";

/**
 * One profiler rotation, decoded: everything the process did, and whose each sample is.
 *
 * Invariant: `owners[i]` is the `seq` of the request that ran when sample `i` was taken, 0 for nobody.
 */
export interface Window {
  readonly profile: Profile;
  readonly owners: readonly number[];
}

/** What comes of a message of the agent. */
export interface DecodedWindow extends Window {
  /** How many nodes, samples and owners were put right or left out, because V8 contradicts itself there. */
  readonly mended: number;
}

/**
 * V8's profile in our model, whole.
 *
 * A sample stands for its cell, from the midpoint to the sample before to the midpoint to the next; the first cell
 * begins with the profile, the last ends with it. So the cells partition `startAt..endAt`, to the microsecond.
 * Samples are put in order of their time, as V8 does not promise any.
 *
 * @throws if the profile contradicts itself
 */
export function decodeV8(profile: V8Profile): Profile {
  return decode(profile, undefined, {}).profile;
}

/** What is known from the windows before. */
export interface WindowOptions {
  /**
   * The end of the last window. Windows overlap a little, since the next is opened before the last is closed, and V8 gives
   * a sample to both: what lies before is left out, so that no time is counted twice.
   */
  readonly notBefore?: Microseconds;
  readonly urls?: ScriptUrls;
}

/**
 * A window as the agent sends it: V8's profile and the owners of its samples, run-length coded `[count, seq, …]`.
 *
 * What contradicts itself in it is put right or left out, and counted: the rest is still what the process did.
 *
 * @throws if it does not say when it started
 */
export function decodeWindow(
  profile: V8Profile,
  owners: readonly number[],
  options: WindowOptions = {},
): DecodedWindow {
  let mended = 0;
  const mend = () => void mended++;
  return { ...decode(profile, owners, { ...options, onContradiction: mend, onPosition: mend }), mended };
}

function decode(
  v8: V8Profile,
  owners: readonly number[] | undefined,
  options: TreeOptions & WindowOptions,
): Window {
  const startTime = instant(v8.startTime, "startTime");
  const tables = new Tables();
  const stackOfId = decodeTree(v8.nodes, tables, options);
  const instants = sampleInstants(v8, options);
  const endAt = endOf(v8, startTime, instants.at(-1) ?? startTime, options);
  const takenAt = instants.map((at) => Math.min(Math.max(at, startTime), endAt));
  const startAt = Math.min(Math.max(startTime, options.notBefore ?? -Infinity), endAt);
  const stackOfSample = sampleStacks(v8, takenAt.length, { ...options, stackOfId, tables });
  const order = inOrderOfTime(takenAt, startAt);
  const ownerOfSample = owners === undefined ? [] : expandOwners(owners, takenAt.length, options);
  return {
    profile: {
      frames: tables.frames,
      stacks: tables.stacks,
      samples: cells(pick(stackOfSample, order), pick(takenAt, order), startAt, endAt),
      startAt,
      endAt,
    },
    owners: owners === undefined ? [] : pick(ownerOfSample, order),
  };
}

/** When it ends; with its last sample, if it does not say so. */
function endOf(
  { endTime }: V8Profile,
  startTime: Microseconds,
  lastAt: Microseconds,
  options: TreeOptions,
): Microseconds {
  if (Number.isFinite(endTime) && endTime >= startTime) return Math.round(endTime);
  contradictionsOf(options)(
    Number.isFinite(endTime)
      ? `it ends at ${endTime}, before it starts at ${startTime}`
      : `its endTime is "${endTime}", not a number of microseconds`,
  );
  return Math.max(startTime, lastAt);
}

/** The stack of each sample. A sample on the root itself saw no function at all: `(program)`. */
function sampleStacks(
  { samples }: V8Profile,
  count: number,
  options: TreeOptions & { readonly stackOfId: Map<number, number>; readonly tables: Tables },
): number[] {
  const { stackOfId, tables } = options;
  return (samples ?? []).slice(0, count).map((id, i) => {
    const stack = stackOfId.get(id);
    if (stack === undefined) {
      contradictionsOf(options)(`sample ${i} names node ${id}, which does not exist`);
    }
    return stack !== undefined && stack >= 0 ? stack : tables.stack(-1, tables.frame(metaFrame(PROGRAM)));
  });
}

/** When each sample was taken, in V8's order. */
function sampleInstants(v8: V8Profile, options: TreeOptions): Microseconds[] {
  const deltas = v8.timeDeltas ?? [];
  const count = v8.samples?.length ?? 0;
  const contradicts = contradictionsOf(options);
  if (deltas.length !== count) contradicts(`it has ${count} samples but ${deltas.length} time deltas`);
  let clock = v8.startTime;
  return deltas.slice(0, count).map((delta, i) => {
    if (Number.isFinite(delta)) clock += delta;
    else contradicts(`its time of sample ${i} is "${delta}", not a number of microseconds`);
    return Math.round(clock);
  });
}

/** The numbers of the samples not before `startAt`, by time; samples of the same instant stay as they are. */
function inOrderOfTime(takenAt: readonly Microseconds[], startAt: Microseconds): number[] {
  const order: number[] = [];
  let last = -Infinity;
  let ordered = true;
  for (const [i, at] of takenAt.entries()) {
    if (at < startAt) continue;
    ordered &&= at >= last;
    last = at;
    order.push(i);
  }
  return ordered ? order : order.sort((a, b) => takenAt[a]! - takenAt[b]!);
}

function cells(
  stack: readonly number[],
  takenAt: readonly Microseconds[],
  startAt: Microseconds,
  endAt: Microseconds,
): Samples {
  const starts: Microseconds[] = [];
  const times: Microseconds[] = [];
  let start = startAt;
  for (const [i, at] of takenAt.entries()) {
    const next = takenAt[i + 1];
    const end = next === undefined ? endAt : Math.floor((at + next) / 2);
    starts.push(start);
    times.push(end - start);
    start = end;
  }
  return { stack, startAt: starts, time: times };
}

/** The owner of each sample; nobody's are those that the runs do not reach. */
function expandOwners(runs: readonly number[], sampleCount: number, options: TreeOptions): number[] {
  const contradicts = contradictionsOf(options);
  const owners: number[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const count = runs[i]!;
    const seq = runs[i + 1];
    if (!(Number.isInteger(count) && count >= 0 && Number.isInteger(seq) && count <= sampleCount)) {
      contradicts(`its owners are "${count},${seq}" at ${i}, not a count and a request`);
      break;
    }
    for (let k = 0; k < count; k++) owners.push(seq!);
  }
  if (owners.length !== sampleCount) {
    contradicts(`it has ${sampleCount} samples but ${owners.length} owners`);
    while (owners.length < sampleCount) owners.push(0);
    owners.length = sampleCount;
  }
  return owners;
}

function pick(values: readonly number[], order: readonly number[]): number[] {
  return order.map((i) => values[i]!);
}

function instant(value: number, what: string): Microseconds {
  if (!Number.isFinite(value)) throw unreadable(`its ${what} is "${value}", not a number of microseconds`);
  return Math.round(value);
}
