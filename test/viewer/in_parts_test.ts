/** How many new rows a frame of the list draws. */
import assert from "node:assert/strict";
import { FrameBudget } from "../../src/viewer/page/in_parts.ts";

Deno.test("frames that take long draw fewer new rows, down to two; those that do not draw more again", () => {
  const budget = new FrameBudget();
  const after = (times: readonly number[]): number => {
    for (const time of times) budget.took(time);
    return budget.rows;
  };
  assert.equal(budget.rows, 10);
  assert.equal(after([80]), 5);
  assert.equal(after([80, 200, 400]), 2, "a list that is scrolled still fills");
  assert.equal(after([12, 12]), 3);
  assert.equal(after(Array(100).fill(12)), 10);
});
