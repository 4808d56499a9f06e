/** Durations of any number of requests in bounded memory, and their quantiles: exact while they are few, else to 1 %. */

/** So many are kept one by one. */
const EXACT = 400;
/** Each bucket is 2 % wide, so a quantile is off by 1 % at most. */
const GROWTH = Math.log(1.02);
/** One microsecond: everything below falls into one bucket. */
const LEAST = 0.001;

/** What has been recorded. Bucket `n` holds values around `LEAST * 1.02 ** n`: at most some 1,500 of them for any span of times. */
export interface Durations {
  count: number;
  least: number;
  most: number;
  /** All values; empty once there are too many. */
  values: number[];
  /** Counts per bucket; empty as long as all values are kept. */
  readonly buckets: Map<number, number>;
}

export function noDurations(): Durations {
  return { count: 0, least: Infinity, most: 0, values: [], buckets: new Map() };
}

/** Records a value. */
export function record(into: Durations, value: number): void {
  into.count++;
  if (value < into.least) into.least = value;
  if (value > into.most) into.most = value;
  if (into.count <= EXACT) into.values.push(value);
  else {
    spill(into);
    countIn(into.buckets, value, 1);
  }
}

/** Adds all that is in `from`. */
export function addDurations(into: Durations, from: Durations): void {
  if (into.count + from.count <= EXACT) into.values.push(...from.values);
  else {
    spill(into);
    for (const value of from.values) countIn(into.buckets, value, 1);
    for (const [bucket, count] of from.buckets) {
      into.buckets.set(bucket, (into.buckets.get(bucket) ?? 0) + count);
    }
  }
  into.count += from.count;
  into.least = Math.min(into.least, from.least);
  into.most = Math.max(into.most, from.most);
}

/** From now on only buckets are kept. */
function spill(durations: Durations): void {
  if (durations.values.length === 0) return;
  for (const value of durations.values) countIn(durations.buckets, value, 1);
  durations.values = [];
}

function countIn(buckets: Map<number, number>, value: number, count: number): void {
  const bucket = value <= LEAST ? 0 : Math.round(Math.log(value / LEAST) / GROWTH);
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
}

/** The smallest value that `share` of all values do not exceed (nearest rank); never outside of them; 0 when there are none. */
export function quantile({ count, least, most, values, buckets }: Durations, share: number): number {
  if (count === 0) return 0;
  let left = Math.max(1, Math.ceil(share * count));
  if (buckets.size === 0) return [...values].sort((a, b) => a - b)[left - 1]!;
  for (const [bucket, many] of [...buckets].sort(([a], [b]) => a - b)) {
    left -= many;
    if (left <= 0) return Math.min(most, Math.max(least, LEAST * Math.exp(bucket * GROWTH)));
  }
  return most;
}
