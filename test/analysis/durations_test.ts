import assert from "node:assert/strict";
import { addDurations, type Durations, noDurations, quantile, record } from "../../src/analysis/durations.ts";

function of(values: readonly number[]): Durations {
  const durations = noDurations();
  for (const value of values) record(durations, value);
  return durations;
}

Deno.test("quantiles are the nearest rank's, to 1 %", () => {
  const values = Array.from({ length: 5000 }, () => Math.exp(Math.random() * 20 - 6));
  const sorted = values.toSorted((a, b) => a - b);
  const histogram = of(values);
  for (const share of [0.01, 0.5, 0.95, 0.999, 1]) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
    assert.ok(Math.abs(quantile(histogram, share) / exact - 1) < 0.011, `${share}`);
  }
});

Deno.test("they stay small however many values and whatever they are", () => {
  const durations = of(Array.from({ length: 100_000 }, () => Math.exp(Math.random() * 30 - 10)));
  for (const value of [0, 1e-9, -1, 3.6e9]) record(durations, value);
  assert.ok(durations.buckets.size < 1500, `${durations.buckets.size} buckets`);
  assert.equal(durations.values.length, 0);
});

Deno.test("quantiles of few values are exact, and never outside of the values", () => {
  const few = Array.from({ length: 399 }, (_, i) => (i * 7919 % 399) + 0.123);
  assert.deepEqual([0.5, 0.95, 1].map((share) => quantile(of(few), share)), [199.123, 379.123, 398.123]);
  const same = of(Array.from({ length: 5000 }, () => 12.34));
  for (const share of [0, 0.5, 0.99, 1]) assert.equal(quantile(same, share), 12.34);
});

Deno.test("nothing, zero and one value have quantiles too", () => {
  assert.equal(quantile(of([]), 0.5), 0);
  assert.equal(quantile(of([0, 0]), 0.95), 0);
  assert.equal(quantile(of([250]), 0.5), 250);
});

Deno.test("they add up, few and many", () => {
  const both = of([1, 2]);
  addDurations(both, of([300, 400, 500]));
  assert.deepEqual(both, of([1, 2, 300, 400, 500]));
  const many = Array.from({ length: 1000 }, (_, i) => i + 1);
  for (const [a, b] of [[many, [5, 6]], [[5, 6], many], [many, many]] as const) {
    const sum = of(a);
    addDurations(sum, of(b));
    assert.deepEqual(sum, of([...a, ...b]));
  }
});
