import assert from "node:assert/strict";
import {
  holm,
  medianDifference,
  medianOf,
  normalTail,
  quantileOf,
  rankSumTest,
  seededRandom,
  standardErrors,
  withoutOutliers,
} from "../../src/analysis/statistics.ts";
import { testRandomly } from "../support/random.ts";

Deno.test("quantiles lie between values, as R's type 7 does", () => {
  assert.equal(medianOf([]), 0);
  assert.equal(medianOf([3, 1, 2]), 2);
  assert.equal(medianOf([4, 1, 2, 3]), 2.5);
  assert.equal(quantileOf([1, 2, 3, 4], 0.9), 3.7);
});

Deno.test("the rank sum test gives the exact chances of R's wilcox.test", () => {
  // wilcox.test(c(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46), c(1.15, 0.88, 0.90, 0.74, 1.21), alternative = "g"): p = 0.1272
  const permeability = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  assert.equal(rankSumTest([1.15, 0.88, 0.90, 0.74, 1.21], permeability).toFixed(4), "0.1272");
  assert.equal(rankSumTest([1, 2, 3], [4, 5, 6]), 1 / 20);
  assert.equal(rankSumTest([4, 5, 6], [1, 2, 3]), 1);
  assert.equal(rankSumTest([1, 1, 1], [1, 1, 1]), 1);
});

Deno.test("the difference of means in standard errors is R's t.test", () => {
  // t.test(after, before): t = 2.4550
  const before = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
  const after = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4];
  assert.equal(standardErrors(before, after, 0).toFixed(2), "2.46");
  assert.equal(standardErrors(after, before, 0), -standardErrors(before, after, 0));
  assert.equal(standardErrors([1, 1], [1, 1], 0), 0);
  // Nothing but what lists differ by as a whole: 0.2 of a mean of 2.
  assert.equal(standardErrors([1, 1], [3, 3], 0.2).toFixed(6), "5.000000");
});

Deno.test("the chance of a larger value is that of the normal distribution", () => {
  // pnorm(c(-1, 0, 1, 2.576, 4), lower.tail = FALSE)
  const expected = [[-1, 0.8413447], [0, 0.5], [1, 0.1586553], [2.576, 0.004997532], [
    4,
    3.167124e-5,
  ]] as const;
  for (const [z, chance] of expected) assert.ok(Math.abs(normalTail(z) - chance) < 1e-7, String(z));
});

testRandomly("the rank sum test counts what trying every choice counts, ties included", 40, (random) => {
  const list = () => Array.from({ length: random.integer(1, 5) }, () => random.integer(0, 4));
  const [low, high] = [list(), list()];
  const all = [...low, ...high];
  // Twice the mid rank: values below, and those up to and with.
  const rank = (value: number) =>
    all.filter((it) => it < value).length + all.filter((it) => it <= value).length + 1;
  const sumOf = (values: readonly number[]) => values.reduce((sum, it) => sum + rank(it), 0);
  const choices = subsets(all, high.length).map(sumOf);
  const expected = choices.filter((it) => it >= sumOf(high)).length / choices.length;
  assert.ok(Math.abs(rankSumTest(low, high) - expected) < 1e-12, `${low} against ${high}`);
});

function subsets(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, index) =>
    subsets(values.slice(index + 1), size - 1).map((rest) => [value, ...rest])
  );
}

Deno.test("Holm's correction raises each chance by how many tests are left, and keeps their order", () => {
  const raised = holm([0.01, 0.04, 0.03, 0.005]).map((it) => Number(it.toFixed(10)));
  assert.deepEqual(raised, [0.03, 0.06, 0.06, 0.02]);
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

Deno.test("the interval of a difference of medians holds the true one as often as it says, for skewed times", () => {
  const random = seededRandom(1);
  const list = (scale: number) => Array.from({ length: 20 }, () => -Math.log(1 - random()) * scale);
  let held = 0;
  const rounds = 200;
  for (let i = 0; i < rounds; i++) {
    const { low, high } = medianDifference(list(1), list(2), { confidence: 0.99, random });
    if (low <= Math.LN2 && Math.LN2 <= high) held++;
  }
  assert.ok(held >= 0.96 * rounds, `${held} of ${rounds}`);
});

Deno.test("a seed gives the same numbers, spread evenly", () => {
  const first = seededRandom(7);
  const numbers = Array.from({ length: 10_000 }, first);
  const second = seededRandom(7);
  assert.deepEqual(numbers, Array.from({ length: 10_000 }, second));
  const mean = numbers.reduce((sum, it) => sum + it, 0) / numbers.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02 && numbers.every((it) => it >= 0 && it < 1), String(mean));
});

Deno.test("values far from the median count as three standard deviations from it, the others as they are", () => {
  const found = withoutOutliers([1, 2, 3, 4, 5, 6, -100, 1000]).map((it) => it.toFixed(3));
  assert.deepEqual(found.slice(0, 6).map(Number), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(found.slice(6).map(Number), [-5.396, 12.396]);
  assert.deepEqual(withoutOutliers([0, 0, 0, 5]), [0, 0, 0, 0]);
  assert.deepEqual(withoutOutliers([]), []);
});
