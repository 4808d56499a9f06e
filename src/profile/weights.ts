import type { Microseconds } from "../units.ts";
import { metaFrame, UNSAMPLED } from "./frames.ts";
import type { Profile, Samples } from "./model.ts";
import type { RequestInfo } from "./request.ts";

type Stretches = { stack: number[]; startAt: Microseconds[]; time: Microseconds[] };

/**
 * The profile of a request with its samples' times adding up to exactly the request's `cpu`, over its own span.
 *
 * Samples estimate where time went: each stands for the time around it, which may belong to others in part. The log of
 * switches measures how much there was. So the measure wins: too much is scaled down, the same for all samples, and
 * what no sample saw is said to be `(unsampled)` instead of being guessed. No more than the duration can be placed.
 */
export function settle(
  profile: Profile,
  request: Pick<RequestInfo, "startAt" | "duration" | "cpu">,
): Profile {
  const { startAt } = request;
  const endAt = startAt + request.duration;
  const { samples, isAllSeen } = settledSamples(profile.samples, request, profile.stacks.parent.length);
  if (isAllSeen) return { ...profile, samples, startAt, endAt };
  return {
    frames: [...profile.frames, metaFrame(UNSAMPLED)],
    stacks: {
      parent: [...profile.stacks.parent, -1],
      frame: [...profile.stacks.frame, profile.frames.length],
    },
    samples,
    startAt,
    endAt,
  };
}

/** The same for samples alone; what none of them saw is on the stack `unsampled`. */
export function settledSamples(
  all: Samples,
  { startAt, duration, cpu }: Pick<RequestInfo, "startAt" | "duration" | "cpu">,
  unsampled: number,
): { samples: Samples; isAllSeen: boolean } {
  const endAt = startAt + duration;
  const samples = clip(all, startAt, endAt);
  const seen = sum(samples.time);
  if (seen >= cpu) {
    return { samples: { ...samples, time: scale(samples.time, seen, cpu) }, isAllSeen: true };
  }
  const rest = { stack: unsampled, time: cpu - seen };
  return { samples: fillGaps(samples, rest, startAt, endAt), isAllSeen: false };
}

/** What of the samples lies within the span. */
function clip(samples: Samples, startAt: Microseconds, endAt: Microseconds): Stretches {
  const out: Stretches = { stack: [], startAt: [], time: [] };
  for (const [i, stack] of samples.stack.entries()) {
    const cellStart = samples.startAt[i]!;
    const cellEnd = cellStart + samples.time[i]!;
    if (cellEnd < startAt || cellStart > endAt) continue;
    const start = Math.max(cellStart, startAt);
    push(out, stack, start, Math.min(cellEnd, endAt) - start);
  }
  return out;
}

/**
 * Scales times that add up to `from` down to integers that add up to `to`, each off by less than one from its share.
 *
 * Rounds the running total, not the single times; so none grows, and stretches that were disjoint stay so.
 */
function scale(times: readonly Microseconds[], from: Microseconds, to: Microseconds): Microseconds[] {
  if (from === to) return [...times];
  let before = 0;
  let total = 0;
  return times.map((time) => {
    total += time;
    const upTo = shareOf(total, to, from);
    const own = upTo - before;
    before = upTo;
    return own;
  });
}

/** `floor(part * to / from)`, exact also where the product leaves the integers of a number (spans over 90 s). */
export function shareOf(part: number, to: number, from: number): number {
  const product = part * to;
  if (product <= Number.MAX_SAFE_INTEGER) return (product - product % from) / from;
  return Number(BigInt(part) * BigInt(to) / BigInt(from));
}

/** Puts `rest.time` where no sample stands, the earliest gaps first. */
function fillGaps(
  samples: Stretches,
  rest: { readonly stack: number; readonly time: Microseconds },
  startAt: Microseconds,
  endAt: Microseconds,
): Stretches {
  const out: Stretches = { stack: [], startAt: [], time: [] };
  let left = rest.time;
  let end = startAt;
  const fillUpTo = (limit: Microseconds): void => {
    const time = Math.min(left, limit - end);
    if (time > 0) push(out, rest.stack, end, time);
    left -= Math.max(time, 0);
  };
  for (const [i, stack] of samples.stack.entries()) {
    fillUpTo(samples.startAt[i]!);
    push(out, stack, samples.startAt[i]!, samples.time[i]!);
    end = samples.startAt[i]! + samples.time[i]!;
  }
  fillUpTo(endAt);
  return out;
}

function push(out: Stretches, stack: number, startAt: Microseconds, time: Microseconds): void {
  out.stack.push(stack);
  out.startAt.push(startAt);
  out.time.push(time);
}

function sum(times: readonly number[]): number {
  let total = 0;
  for (const time of times) total += time;
  return total;
}
