/** Durations counted in buckets: quantiles of any number of values in bounded memory. */

/** Each bucket is 2 % wide, so a quantile is off by 1 % at most. */
const GROWTH = Math.log(1.02);
/** One microsecond: everything below falls into one bucket. */
const LEAST = 0.001;

/** Counts per bucket; bucket `n` holds values around `LEAST * 1.02 ** n`. At most some 1,500 of them for any span of times. */
export type Histogram = Map<number, number>;

/** Counts a value. */
export function record(histogram: Histogram, value: number): void {
  const bucket = value <= LEAST ? 0 : Math.round(Math.log(value / LEAST) / GROWTH);
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
}

/** Adds the counts of `from` to `into`. */
export function addHistogram(into: Histogram, from: Histogram): void {
  for (const [bucket, count] of from) into.set(bucket, (into.get(bucket) ?? 0) + count);
}

/** The smallest value that `share` of all values do not exceed (nearest rank), to 1 %; 0 when there are none. */
export function quantile(histogram: Histogram, share: number): number {
  const buckets = [...histogram].sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.max(1, Math.ceil(share * total));
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return bucket === 0 ? 0 : LEAST * Math.exp(bucket * GROWTH);
  }
  return 0;
}
