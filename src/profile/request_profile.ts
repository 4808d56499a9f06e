import type { Microseconds } from "../units.ts";
import type { CountedCalls } from "./function_calls.ts";
import { GARBAGE_COLLECTOR, isMeta, UNSAMPLED } from "./frames.ts";
import { mergeSlices } from "./merge.ts";
import type { Profile } from "./model.ts";
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
  const { id, route, process, queuedBy, calls } = parts;
  // Most requests of a flood have no samples.
  const merged = parts.slices.length === 0 ? EMPTY : mergeSlices(parts.slices);
  const request = lawful(parts.request, merged);
  const profile = settle(merged === EMPTY ? EMPTY : transform(merged, steps), request);
  const unsampled = leafShare(profile, UNSAMPLED);
  return {
    id,
    route,
    process,
    request,
    profile,
    sampleCount: profile.samples.stack.length - unsampled.samples,
    gc: leafShare(profile, GARBAGE_COLLECTOR).time,
    holds: withinTime(parts.holds ?? [], request.blocked),
    ...(queuedBy === undefined ? {} : { queuedBy }),
    ...(calls === undefined ? {} : { calls }),
  };
}

const EMPTY = mergeSlices([]);

/** The first holds that add up to no more than this: their borders are rounded. */
function withinTime(holds: readonly Hold[], most: Microseconds): Hold[] {
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
function lawful(request: RequestInfo, { samples: { startAt: starts, time } }: Profile): RequestInfo {
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
  const lawful = { ...request, startAt, duration, cpu, blocked };
  return moved > ROUNDING || hasStray ? { ...lawful, isClamped: true } : lawful;
}

/** Samples whose top frame is this meta frame. */
function leafShare(
  { frames, stacks, samples }: Profile,
  name: string,
): { samples: number; time: Microseconds } {
  const frame = frames.findIndex((candidate) => isMeta(candidate, name));
  const share = { samples: 0, time: 0 };
  if (frame < 0) return share;
  for (const [i, stack] of samples.stack.entries()) {
    if (stacks.frame[stack] !== frame) continue;
    share.samples++;
    share.time += samples.time[i]!;
  }
  return share;
}
