import type { Profile } from "../profile/model.ts";
import type { Microseconds } from "../units.ts";
import { FormatError } from "./format.ts";

/** What a format without order in time says of one stack. */
export interface StackTotal {
  readonly stack: number;
  readonly time: Microseconds;
  /** Samples that `time` is of; 0 is for what none saw. */
  readonly count: number;
}

/** More samples than any profile of ours has; a file that says so would fill the memory. */
export const MOST_SAMPLES = 10_000_000;

/**
 * A profile of stacks whose order is lost: one after another from 0 on, each with its own number of samples.
 *
 * @param duration the whole span, if it is known and longer
 * @throws `FormatError`
 */
export function layOut(
  tables: Pick<Profile, "frames" | "stacks">,
  totals: readonly StackTotal[],
  duration: Microseconds,
): Profile {
  const samples = { stack: [] as number[], startAt: [] as number[], time: [] as number[] };
  const all = totals.reduce((sum, { count }) => sum + Math.max(1, count), 0);
  if (!(all <= MOST_SAMPLES)) {
    throw new FormatError(`it says it has ${all} samples, expected at most 10 million`);
  }
  let end = 0;
  for (const { stack, time, count } of totals) {
    const pieces = Math.max(1, count);
    for (let i = 0; i < pieces; i++) {
      const from = Math.floor(time / pieces * i);
      samples.stack.push(stack);
      samples.startAt.push(end + from);
      samples.time.push((i + 1 === pieces ? time : Math.floor(time / pieces * (i + 1))) - from);
    }
    end += time;
  }
  if (!Number.isSafeInteger(end)) throw new FormatError(`its times add up to ${end}, more than can be`);
  return {
    frames: tables.frames,
    stacks: tables.stacks,
    samples,
    startAt: 0,
    endAt: Math.max(end, duration),
  };
}
