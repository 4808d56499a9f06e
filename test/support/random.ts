/** Random cases that can be had again: `SEED=123 deno test …`. */

export interface Random {
  /** An integer, both ends included. */
  integer(from: number, to: number): number;
  /** True one time in `n`. */
  oneIn(n: number): boolean;
  pick<T>(values: readonly T[]): T;
}

/** https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    integer,
    oneIn: (n) => integer(1, n) === 1,
    pick: (values) => values[integer(0, values.length - 1)]!,
  };
}

const firstSeed = Number(Deno.env.get("SEED") ?? Date.now() % 1_000_000_000);

/** A test that runs `rounds` times on random cases; the seed is in its name, and that of a failing round in its error. */
export function testRandomly(name: string, rounds: number, body: (random: Random) => void): void {
  Deno.test(`${name} [SEED=${firstSeed}]`, () => {
    for (let round = 0; round < rounds; round++) {
      const seed = firstSeed + round;
      try {
        body(seededRandom(seed));
      } catch (error) {
        throw new Error(`with SEED=${seed}: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        });
      }
    }
  });
}
