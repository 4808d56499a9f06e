/** Tests and intervals for times, whose distributions are skewed. Pure: random numbers come from a seeded generator that the caller passes. */

/** Numbers from 0 up to 1, the same for the same seed. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (mulberry32) */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function ascending(a: number, b: number): number {
  return a - b;
}

/** The value at a share of a sorted list, between two where it falls between them; 0 of none. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  return low + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? low) - low);
}

export function medianOf(values: readonly number[]): number {
  return quantileOf(Float64Array.from(values).sort(), 0.5);
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, it) => sum + it, 0) / values.length;
}

/**
 * By how many standard errors the mean of `after` is larger; infinite where nothing varies. To the errors of both means comes what makes lists of the same kind
 * differ as a whole: a standard deviation of `drift`, a share.
 *
 * Welch, "The generalization of 'Student's' problem when several different population variances are involved", Biometrika 34 (1947).
 */
export function standardErrors(before: readonly number[], after: readonly number[], drift: number): number {
  const [first, second] = [meanOf(before), meanOf(after)];
  const error = Math.sqrt(errorOf(before) + errorOf(after) + (drift * (first + second) / 2) ** 2);
  return second === first ? 0 : (second - first) / error;
}

/**
 * The values, those far from the median drawn in to three standard deviations from it, as the median deviation has them: a few blocks that stalled hide nothing.
 *
 * Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35 (1964).
 */
export function withoutOutliers(values: readonly number[]): number[] {
  const middle = medianOf(values);
  const most = 3 * 1.4826 * medianOf(values.map((it) => Math.abs(it - middle)));
  return values.map((it) => Math.min(middle + most, Math.max(middle - most, it)));
}

/**
 * The chance that a value of the normal distribution is larger, right to 1e-7.
 *
 * Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.2.17.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const terms = [0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = terms.reduceRight((rest, it) => t * (it + rest), 0);
  return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * sum;
}

/** The variance of the mean. */
export function errorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, it) => sum + (it - mean) ** 2, 0);
  return values.length < 2 ? 0 : squares / (values.length - 1) / values.length;
}

/**
 * The chance that the ranks of `high` add up to so much or more where both lists come from one distribution: the one-sided
 * Mann-Whitney test as an exact permutation test, ties included.
 *
 * By the shift algorithm of Streitberg and Röhmel, "Exact distributions for permutation and rank tests", Statistical
 * Software Newsletter 12 (1986): counts, one value after another, how many choices of values have each sum of ranks.
 * The time is the cube of the number of values.
 */
export function rankSumTest(low: readonly number[], high: readonly number[]): number {
  const ranks = doubledRanks([...low, ...high]);
  const sum = (of: readonly number[]) => of.reduce((total, it) => total + it, 0);
  const most = sum(ranks);
  // chances[n][s]: choices of n values whose doubled ranks add up to s.
  const choices = Array.from({ length: high.length + 1 }, () => new Float64Array(most + 1));
  choices[0]![0] = 1;
  for (const rank of ranks) {
    for (let n = high.length; n > 0; n--) {
      const [into, from] = [choices[n]!, choices[n - 1]!];
      for (let s = most; s >= rank; s--) into[s]! += from[s - rank]!;
    }
  }
  const all = choices[high.length]!;
  const observed = sum(ranks.slice(low.length));
  return Math.min(1, sum([...all.subarray(observed)]) / sum([...all]));
}

/** Twice the rank of each value, so that those of equal values, their mean, are whole. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = [...values].sort(ascending);
  const ranks = new Map<number, number>();
  for (let first = 0; first < sorted.length;) {
    let next = first + 1;
    while (sorted[next] === sorted[first]) next++;
    ranks.set(sorted[first]!, first + 1 + next);
    first = next;
  }
  return values.map((it) => ranks.get(it)!);
}

/**
 * The p values of several tests, raised so that any one of them is below alpha by chance in no more than alpha of all cases.
 *
 * Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  for (const [place, index] of order.entries()) {
    least = Math.max(least, Math.min(1, ps[index]! * (ps.length - place)));
    adjusted[index] = least;
  }
  return adjusted;
}

const RESAMPLES = 1000;

/**
 * The interval that holds the difference of the medians, `after - before`, with this confidence, by the percentile bootstrap: Efron and Tibshirani,
 * "An Introduction to the Bootstrap" (1993), chapter 13. Both lists hold what does not depend on its neighbours: blocks.
 */
export function medianDifference(
  before: readonly number[],
  after: readonly number[],
  { confidence, random }: { readonly confidence: number; readonly random: () => number },
): { low: number; high: number } {
  const pick = (from: readonly number[]) => {
    const picked = new Float64Array(from.length);
    for (let i = 0; i < picked.length; i++) picked[i] = from[Math.floor(random() * from.length)]!;
    return quantileOf(picked.sort(), 0.5);
  };
  const differences = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) differences[i] = pick(after) - pick(before);
  differences.sort();
  return {
    low: quantileOf(differences, (1 - confidence) / 2),
    high: quantileOf(differences, (1 + confidence) / 2),
  };
}
