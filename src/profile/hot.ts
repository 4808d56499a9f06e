/** Which function took most of a profile. */
import { isAnyMeta } from "./frames.ts";
import type { Frame, SampledStacks } from "./model.ts";
import { isOwnCode } from "./own_code.ts";

/** A function and the time that it ran, or code of others that it called; of a profile in bytes, what these allocated. */
export interface FunctionTime {
  readonly frame: Frame;
  readonly time: number;
}

/** A sample of time counts for so many median ones at most: one that stands for a long gap says little of it. */
const HEAVIEST = 2;

/**
 * The function with most time, or bytes, each sample counted for the innermost function of the application's own in its stack; where
 * no sample has one, for the innermost of all. Undefined if no sample saw a function.
 */
export function hottest(profile: SampledStacks): FunctionTime | undefined {
  return mostOf(profile, isOwnCode) ?? mostOf(profile, (frame) => !isAnyMeta(frame));
}

function mostOf(
  { unit, frames, stacks, samples }: SampledStacks,
  counts: (frame: Frame) => boolean,
): FunctionTime | undefined {
  /** Of each stack that was sampled the innermost frame that counts. The tables may be much larger than what was sampled. */
  const innermost = new Map<number, number>();
  const innermostOf = (stack: number) => {
    let below = stack;
    while (below >= 0 && !counts(frames[stacks.frame[below]!]!)) below = stacks.parent[below]!;
    const frame = below < 0 ? -1 : stacks.frame[below]!;
    innermost.set(stack, frame);
    return frame;
  };
  const seen: { frame: number; time: number }[] = [];
  for (const [i, stack] of samples.stack.entries()) {
    const frame = innermost.get(stack) ?? innermostOf(stack);
    if (frame >= 0) seen.push({ frame, time: samples.time[i]! });
  }
  if (seen.length === 0) return undefined;
  const heaviest = unit === "bytes"
    ? Infinity
    : HEAVIEST * seen.map(({ time }) => time).sort((a, b) => a - b)[seen.length >> 1]!;
  const times = new Map<number, { time: number; weight: number }>();
  let most = { frame: -1, weight: -1 };
  for (const { frame, time } of seen) {
    const sum = times.get(frame) ?? { time: 0, weight: 0 };
    sum.time += time;
    sum.weight += Math.min(time, heaviest);
    times.set(frame, sum);
    if (sum.weight > most.weight) most = { frame, weight: sum.weight };
  }
  return { frame: frames[most.frame]!, time: times.get(most.frame)!.time };
}
