/** Random choices in the words that generators of texts need. */
import type { Random } from "../support/random.ts";

export interface Dice {
  /** A whole number from 0, below the limit. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
  /** True in about so many of 100 cases. */
  readonly chance: (percent: number) => boolean;
  /** A text of so many picks. */
  readonly text: (choices: readonly string[], length: number) => string;
}

export function diceOf(random: Random): Dice {
  return {
    below: (limit) => random.integer(0, limit - 1),
    pick: (choices) => random.pick(choices),
    chance: (percent) => random.integer(1, 100) <= percent,
    text: (choices, length) => Array.from({ length }, () => random.pick(choices)).join(""),
  };
}
