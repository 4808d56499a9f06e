import type { Microseconds } from "../units.ts";
import { metaFrame, PROGRAM } from "./frames.ts";
import type { Profile, Samples } from "./model.ts";
import { Tables } from "./tables.ts";
import type { V8Profile } from "./v8.ts";
import { decodeTree, unreadable } from "./v8_tree.ts";

/**
 * One profiler rotation, decoded: everything the process did, and whose each sample is.
 *
 * Invariant: `owners[i]` is the `seq` of the request that ran when sample `i` was taken, 0 for nobody.
 */
export interface Window {
  readonly profile: Profile;
  readonly owners: readonly number[];
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
  return decode(profile, undefined, -Infinity).profile;
}

/**
 * A window as the agent sends it: V8's profile and the owners of its samples, run-length coded `[count, seq, …]`.
 *
 * Windows overlap a little, since the next is opened before the last is closed, and V8 gives a sample to both. Pass
 * the end of the last window as `notBefore`: what lies before it is left out, and so no time is counted twice.
 *
 * @throws if the profile contradicts itself, or the owners do not fit it
 */
export function decodeWindow(
  profile: V8Profile,
  owners: readonly number[],
  notBefore: Microseconds = -Infinity,
): Window {
  return decode(profile, owners, notBefore);
}

function decode(v8: V8Profile, owners: readonly number[] | undefined, notBefore: Microseconds): Window {
  const startTime = instant(v8.startTime, "startTime");
  const endAt = instant(v8.endTime, "endTime");
  if (endAt < startTime) throw unreadable(`it ends at ${endAt}, before it starts at ${startTime}`);
  const startAt = Math.min(Math.max(startTime, notBefore), endAt);
  const tables = new Tables();
  const stackOfId = decodeTree(v8.nodes, tables);
  const stackOfSample = sampleStacks(v8, stackOfId, tables);
  const takenAt = sampleInstants(v8, startTime, endAt);
  const order = inOrderOfTime(takenAt, startAt);
  const ownerOfSample = owners === undefined ? [] : expandOwners(owners, takenAt.length);
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

/** The stack of each sample. A sample on the root itself saw no function at all: `(program)`. */
function sampleStacks(v8: V8Profile, stackOfId: Map<number, number>, tables: Tables): number[] {
  return (v8.samples ?? []).map((id, i) => {
    const stack = stackOfId.get(id);
    if (stack === undefined) throw unreadable(`sample ${i} names node ${id}, which does not exist`);
    return stack >= 0 ? stack : tables.stack(-1, tables.frame(metaFrame(PROGRAM)));
  });
}

/** When each sample was taken, in V8's order, held within the profile. */
function sampleInstants(v8: V8Profile, startTime: Microseconds, endAt: Microseconds): Microseconds[] {
  const deltas = v8.timeDeltas ?? [];
  const count = v8.samples?.length ?? 0;
  if (deltas.length !== count) throw unreadable(`it has ${count} samples but ${deltas.length} time deltas`);
  let clock = v8.startTime;
  return deltas.map((delta, i) => {
    clock += delta;
    return Math.min(Math.max(instant(clock, `time of sample ${i}`), startTime), endAt);
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

function expandOwners(runs: readonly number[], sampleCount: number): number[] {
  const owners: number[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const count = runs[i]!;
    const seq = runs[i + 1];
    if (!(Number.isInteger(count) && count >= 0 && Number.isInteger(seq) && count <= sampleCount)) {
      throw new Error(
        `Cannot read owners of samples: "${count},${seq}" at ${i} is not a count and a request`,
      );
    }
    for (let k = 0; k < count; k++) owners.push(seq!);
  }
  if (owners.length !== sampleCount) {
    throw new Error(`Cannot read owners of samples: they are ${owners.length}, the samples ${sampleCount}`);
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
