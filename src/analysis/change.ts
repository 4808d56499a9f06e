/** One quantity in two runs, and whether it changed. */
import type { Milliseconds } from "../units.ts";
import { holm, medianDifference, medianOf, rankSumTest, seededRandom } from "./statistics.ts";

/** The rules by which a change counts; `docs/diff.md` says why. */
export const RULES = {
  /** The chance that anything is called a change where nothing is. */
  alpha: 0.01,
  /** The confidence of the intervals. */
  confidence: 0.99,
  /** A smaller change, as a share of what was before, is none: runs of the same program differ by as much. */
  effect: 0.05,
  /** Nor is one of less time than this. */
  leastTime: 0.02 as Milliseconds,
} as const;

/** `unknown`: too little was measured. */
export type Verdict = "slower" | "faster" | "same" | "unknown";

/** Times in milliseconds. */
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

/** What is compared: one value for each block of time. */
export interface Blocks {
  readonly before: readonly Milliseconds[];
  readonly after: readonly Milliseconds[];
}

/** Fewer blocks than these in one of the runs say too little. */
export const LEAST_BLOCKS = 8;

/**
 * Compares many quantities, with one chance of error for all of them together. Pure: the same blocks, the same result.
 *
 * @param options `leastTime`: a smaller change is none; `common`: the share by which everything changed alike: only what changed by more than that counts as a change
 */
export function changesOf(
  all: readonly Blocks[],
  { common = 0, leastTime = RULES.leastTime } = {},
): Change[] {
  const tested = all.map(({ before, after }) => Math.min(before.length, after.length) >= LEAST_BLOCKS);
  const ps = holm(all.filter((_, index) => tested[index]).map((it) => chance(it, common, leastTime)));
  return all.map((blocks, index) => {
    const measured = measuredOnly(blocks);
    if (!tested[index]) return measured;
    const { before, after } = measured;
    const p = ps.shift()!;
    const random = seededRandom(index);
    const interval = medianDifference(blocks.before, blocks.after, { confidence: RULES.confidence, random });
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

/** Tests whether the larger of the two is larger by more than the least change that counts, and by more than that beside what is common. */
function chance({ before, after }: Blocks, common: number, leastTime: Milliseconds): number {
  const isSlower = medianOf(after) > medianOf(before);
  const tail = (others: readonly Milliseconds[]) => {
    const [low, high] = isSlower ? [before, others] : [others, before];
    const raised = low.map((it) => it + Math.max(leastTime, RULES.effect * it));
    if (medianOf(high) <= medianOf(raised)) return 1;
    // The direction was chosen by what was seen: both count.
    return Math.min(1, 2 * rankSumTest(raised, high));
  };
  return common === 0 ? tail(after) : Math.max(tail(after), tail(after.map((it) => it / (1 + common))));
}
