import type { Microseconds } from "../units.ts";
import { joined, withoutProfiler } from "./decode_heap.ts";
import type { CountedCalls } from "./function_calls.ts";
import { GARBAGE_COLLECTOR, isMeta, UNSAMPLED } from "./frames.ts";
import { mergeSlices } from "./merge.ts";
import type { Profile, SampledStacks, Samples } from "./model.ts";
import type { Hold, ProcessInfo, RequestInfo, RequestProfile } from "./request.ts";
import type { Slice } from "./slice.ts";
import { type Transform, transform } from "./transforms.ts";
import { settle } from "./weights.ts";

/** All that is known of a request once it has ended. */
export interface RequestParts {
  /** Unique in the run. */
  readonly id: string;
  readonly route: string;
  readonly process: ProcessInfo;
  readonly request: RequestInfo;
  /** Its part of each window that has one, in their order. */
  readonly slices: readonly Slice[];
  readonly holds?: readonly Hold[];
  readonly queuedBy?: string | undefined;
  readonly calls?: CountedCalls | undefined;
}

/** Puts a request's profile together: its slices merged, then the steps, then its times settled on what was measured. */
export function requestProfile(parts: RequestParts, steps: readonly Transform[] = []): RequestProfile {
  if (parts.slices.length === 0) return new UnsampledRequest(parts);
  const { id, route, process, queuedBy, calls } = parts;
  const merged = mergeSlices(parts.slices);
  const request = lawful(parts.request, merged.samples);
  const profile = settle(transform(merged, steps), request);
  return {
    id,
    route,
    process,
    request,
    profile,
    ...countsOf(profile),
    holds: withinTime(parts.holds, request.blocked),
    queuedBy,
    calls,
  };
}

const EMPTY = mergeSlices([]);
const NONE: readonly never[] = [];

/**
 * A request without a sample, as most requests of a flood are. Few of these are written, and so its profile is made when it is asked for: for
 * lines and sums there is `shared`, the same for all.
 */
class UnsampledRequest implements RequestProfile {
  readonly id: string;
  readonly route: string;
  readonly process: ProcessInfo;
  readonly request: RequestInfo;
  readonly sampleCount = 0;
  readonly gc = 0;
  readonly holds: readonly Hold[];
  readonly queuedBy: string | undefined;
  readonly calls: CountedCalls | undefined;

  constructor({ id, route, process, request, holds, queuedBy, calls }: RequestParts) {
    this.id = id;
    this.route = route;
    this.process = process;
    this.request = lawful(request, EMPTY.samples);
    this.holds = withinTime(holds, this.request.blocked);
    this.queuedBy = queuedBy;
    this.calls = calls;
  }

  get shared(): SampledStacks {
    return EMPTY;
  }

  get profile(): Profile {
    return settle(EMPTY, this.request);
  }
}

/**
 * A request's profile in bytes: what it allocated, undefined if that is not known. Its times are as measured; how much of `cpu` was
 * garbage collection no sample tells.
 */
export function heapRequestProfile(
  { id, route, process, request }: Omit<RequestParts, "slices" | "holds">,
  allocated: Profile | undefined,
  steps: readonly Transform[] = [],
): RequestProfile {
  const profile = withoutProfiler(transform(allocated ?? joined([]), steps));
  const sampleCount = profile.samples.stack.length;
  const isLost = allocated === undefined ? true : undefined;
  return { id, route, process, request: lawful(request, EMPTY.samples), profile, sampleCount, gc: 0, isLost };
}

/** The first holds that add up to no more than this: their borders are rounded. */
export function withinTime(holds: readonly Hold[] | undefined, most: Microseconds): readonly Hold[] {
  if (holds === undefined || holds.length === 0) return NONE;
  let left = most;
  return holds.flatMap((hold) => {
    const time = Math.min(hold.time, left);
    left -= time;
    return time === 0 ? [] : [time === hold.time ? hold : { ...hold, time }];
  });
}

/** Rounding moves a time by less than this. */
const ROUNDING: Microseconds = 1;
/** A sample may lie this far outside of its request, for V8's clock is known to some 20 µs. */
const CLOCKS: Microseconds = 1000;

/** Holds the law of time even if a clock in the target did not; says so where that took more than rounding. */
export function lawful(request: RequestInfo, { startAt: starts, time }: Samples): RequestInfo {
  const startAt = Math.round(request.startAt);
  const duration = Math.max(0, Math.round(request.duration));
  const cpu = Math.min(Math.max(0, Math.round(request.cpu)), duration);
  const blocked = Math.min(Math.max(0, Math.round(request.blocked)), duration - cpu);
  const moved = Math.max(
    Math.abs(duration - request.duration),
    Math.abs(cpu - request.cpu),
    Math.abs(blocked - request.blocked),
  );
  const last = starts.length - 1;
  const hasStray = last >= 0 &&
    (starts[0]! + time[0]! < startAt - CLOCKS || starts[last]! > startAt + duration + CLOCKS);
  if (moved === 0 && startAt === request.startAt && !hasStray) return request;
  const lawful = { ...request, startAt, duration, cpu, blocked };
  return moved > ROUNDING || hasStray ? { ...lawful, isClamped: true } : lawful;
}

/** How many samples there are, and in how much of their time the garbage collector ran. */
export function countsOf(
  { frames, stacks, samples }: SampledStacks,
): { sampleCount: number; gc: Microseconds } {
  let [sampleCount, gc] = [0, 0];
  for (const [i, stack] of samples.stack.entries()) {
    const top = frames[stacks.frame[stack]!]!;
    if (!isMeta(top, UNSAMPLED)) sampleCount++;
    if (isMeta(top, GARBAGE_COLLECTOR)) gc += samples.time[i]!;
  }
  return { sampleCount, gc };
}
