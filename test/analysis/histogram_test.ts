import assert from "node:assert/strict";
import { addHistogram, type Histogram, quantile, record } from "../../src/analysis/histogram.ts";

function of(values: readonly number[]): Histogram {
  const histogram: Histogram = new Map();
  for (const value of values) record(histogram, value);
  return histogram;
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

Deno.test("a histogram stays small however many values and whatever they are", () => {
  const histogram = of(Array.from({ length: 100_000 }, () => Math.exp(Math.random() * 30 - 10)));
  for (const value of [0, 1e-9, -1, 3.6e9]) record(histogram, value);
  assert.ok(histogram.size < 1500, `${histogram.size} buckets`);
});

Deno.test("nothing, zero and one value have quantiles too", () => {
  assert.equal(quantile(of([]), 0.5), 0);
  assert.equal(quantile(of([0, 0]), 0.95), 0);
  assert.ok(Math.abs(quantile(of([250]), 0.5) / 250 - 1) < 0.011);
});

Deno.test("histograms add up", () => {
  const both = of([1, 2]);
  addHistogram(both, of([300, 400, 500]));
  assert.deepEqual(both, of([1, 2, 300, 400, 500]));
});
