/** One quantity in two runs, and whether it changed. */
import type { Bytes, Milliseconds } from "../units.ts";
import {
  holm,
  medianDifference,
  medianOf,
  normalTail,
  rankSumTest,
  seededRandom,
  standardErrors,
  withoutOutliers,
} from "./statistics.ts";

/** The rules by which a change counts; `docs/diff.md` says why. */
export const RULES = {
  /** The chance that anything is called a change where nothing is. */
  alpha: 0.01,
  /** The confidence of the intervals. */
  confidence: 0.99,
  /** A smaller change, as a share of what was before, is none: runs of the same program differ by as much. */
  effect: 0.05,
  /** Nor is one of less time than this, */
  leastTime: 0.02 as Milliseconds,
  /** or of fewer bytes: objects are sampled, one in some ten thousand bytes. */
  leastBytes: 1024 as Bytes,
} as const;

/** `unknown`: too little was measured. */
export type Verdict = "slower" | "faster" | "same" | "unknown";

/** Times in milliseconds, or bytes: then `slower` is more of them, and `faster` less. */
export interface Change {
  readonly before: Milliseconds;
  readonly after: Milliseconds;
  /** `after` against `before` as a share; null where only `before` is 0. */
  readonly change: number | null;
  /** Between these `after - before` lies, with the confidence of the rules; null where too little was measured. */
  readonly low: Milliseconds | null;
  readonly high: Milliseconds | null;
  /** The chance of such a difference where there is no change of the size that counts, over all tests together. */
  readonly p: number | null;
  readonly verdict: Verdict;
}

/** One value for each block of time. */
export interface Blocks {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What is compared. */
export interface Quantity extends Blocks {
  /** The share, one standard deviation, by which runs of the same program differ in it: see `drift.ts`. */
  readonly drift: number;
}

/** Fewer blocks than these in one of the runs say too little. */
export const LEAST_BLOCKS = 8;

/**
 * Compares many quantities, with one chance of error for all of them together. Pure: the same blocks, the same result.
 *
 * @param options `least`: a smaller change is none; `common`: the share by which everything changed alike: only what changed by more than that counts as a change
 */
export function changesOf(
  all: readonly Quantity[],
  { common = 0, least = RULES.leastTime as number } = {},
): Change[] {
  const tested = all.map(({ before, after }) => Math.min(before.length, after.length) >= LEAST_BLOCKS);
  const ps = holm(all.filter((_, index) => tested[index]).map((it) => chance(it, common, least)));
  return all.map((blocks, index) => {
    const measured = measuredOnly(blocks);
    if (!tested[index]) return measured;
    const { before, after } = measured;
    const p = ps.shift()!;
    const random = seededRandom(index);
    const interval = widened(
      medianDifference(blocks.before, blocks.after, { confidence: RULES.confidence, random }),
      { middle: after - before, by: QUANTILE * blocks.drift * (before + after) / 2 },
    );
    const verdict = p >= RULES.alpha ? "same" : after > before ? "slower" : "faster";
    return { ...measured, ...interval, p, verdict };
  });
}

/** A quantity that cannot be tested: only what was measured is known. */
export function measuredOnly(blocks: Blocks): Change {
  const [before, after] = [medianOf(blocks.before), medianOf(blocks.after)];
  const change = before > 0 ? after / before - 1 : after === 0 ? 0 : null;
  return { before, after, change, low: null, high: null, p: null, verdict: "unknown" };
}

/** So many standard deviations are the confidence of the rules. */
const QUANTILE = 2.576;

/** Widens an interval on both sides by the uncertainty of an independent source. */
function widened(
  { low, high }: { readonly low: number; readonly high: number },
  { middle, by }: { readonly middle: number; readonly by: number },
): { low: number; high: number } {
  return {
    low: middle - Math.hypot(Math.max(0, middle - low), by),
    high: middle + Math.hypot(Math.max(0, high - middle), by),
  };
}

/** Tests whether the larger of the two is larger by more than the least change that counts, and by more than that beside what is common. */
function chance({ before, after, drift }: Quantity, common: number, least: number): number {
  const isSlower = medianOf(after) > medianOf(before);
  const tail = (others: readonly number[]) => {
    const [low, high] = isSlower ? [before, others] : [others, before];
    const raised = low.map((it) => it + Math.max(least, RULES.effect * it));
    if (medianOf(high) <= medianOf(raised)) return 1;
    // Blocks tell what varies within the runs; what differs between them for their whole time must be exceeded, too.
    const errors = standardErrors(withoutOutliers(raised), withoutOutliers(high), drift);
    const larger = Math.max(rankSumTest(raised, high), normalTail(errors));
    // The direction was chosen by what was seen: both count.
    return Math.min(1, 2 * larger);
  };
  return common === 0 ? tail(after) : Math.max(tail(after), tail(after.map((it) => it / (1 + common))));
}
