/**
 * How fast the machine was in each block of time: what all functions have in common. A program makes some of its functions slower;
 * a busy machine, a slower one or another runtime makes all of them slower, by about the same share.
 */
import { type Blocks, RULES } from "./change.ts";
import { medianOf } from "./statistics.ts";

/** Of a function with a smaller share of the time the change is not known well enough. */
const LEAST_SHARE = 0.03;
/** What fewer functions have in common may be what one of them did. */
const ENOUGH = 5;

/** For each block how many times as long as in the run before functions took in it; 1 throughout where few functions are known. */
export interface Pace extends Blocks {
  /** The share by which all functions changed alike; 0 if by less than counts, */
  readonly common: number;
  /** and however small it is. */
  readonly change: number;
  /** Enough functions are known. */
  readonly isKnown: boolean;
}

/** Finds what functions have in common, from the time of each in each block. */
export function paceOf(functions: readonly Blocks[]): Pace {
  const levels = functions.map(({ before, after }) => ({ before: medianOf(before), after: medianOf(after) }));
  const whole = (run: keyof Blocks) => levels.reduce((sum, it) => sum + it[run], 0);
  const [before, after] = [whole("before"), whole("after")];
  const known = functions.flatMap((blocks, index) => {
    const level = levels[index]!;
    const isKnown = level.before > LEAST_SHARE * before && level.after > LEAST_SHARE * after;
    return isKnown ? [{ blocks, level: medianOf([...blocks.before, ...blocks.after]) }] : [];
  });
  const paces = (run: keyof Blocks) =>
    (functions[0]?.[run] ?? []).map((_, block) =>
      known.length < ENOUGH ? 1 : middle(
        known.map(({ blocks, level }) => ({ ratio: blocks[run][block]! / level, weight: Math.sqrt(level) })),
      ) || 1
    );
  const first = paces("before");
  // So that the times of the run before stay as they were.
  const usual = medianOf(first) || 1;
  const found = { before: first.map((it) => it / usual), after: paces("after").map((it) => it / usual) };
  const change = found.after.length === 0 ? 0 : medianOf(found.after) / medianOf(found.before) - 1;
  const isKnown = known.length >= ENOUGH;
  return { ...found, common: Math.abs(change) >= RULES.effect ? change : 0, change, isKnown };
}

/** That of what no machine makes more of. */
export function evenPace(blocks: number): Pace {
  const even = new Array<number>(blocks).fill(1);
  return { before: even, after: even, common: 0, change: 0, isKnown: false };
}

/** The ratio in the middle, by the roots of the functions' times: none of them decides alone. */
function middle(ratios: { ratio: number; weight: number }[]): number {
  let left = ratios.reduce((sum, { weight }) => sum + weight, 0) / 2;
  return ratios.sort((a, b) => a.ratio - b.ratio).find(({ weight }) => (left -= weight) <= 0)?.ratio ?? 1;
}

/** The times as they would be if the machine had been as fast in each block as it usually was in the run before. */
export function level({ before, after }: Blocks, pace: Blocks): Blocks {
  return {
    before: before.map((it, block) => it / pace.before[block]!),
    after: after.map((it, block) => it / pace.after[block]!),
  };
}
