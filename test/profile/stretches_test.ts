import assert from "node:assert/strict";
import { type Stretch, Stretches } from "../../src/profile/stretches.ts";

function texts(stretches: Iterable<Stretch>): string[] {
  return [...stretches].map(({ seq, startAt, time }) => `${seq}: ${startAt}+${time}`);
}

Deno.test("a span has the parts of stretches that lie in it, but for those of its own request", () => {
  const stretches = new Stretches();
  stretches.add([1, 0, 1000, 2, 1000, 2000, 0, 5000, 1000]);
  stretches.add([-3, 7000, 1500, 2, 9000, 1000]);
  assert.deepEqual(texts(stretches.within(500, 9500, 2)), ["1: 500+500", "0: 5000+1000", "-3: 7000+1500"]);
  assert.deepEqual(texts(stretches.within(2000, 5001, 9)), ["2: 2000+1000", "0: 5000+1"]);
  assert.deepEqual(texts(stretches.within(3000, 5000, 9)), []);
  assert.deepEqual(texts(stretches.within(20_000, 30_000, 9)), []);
});

Deno.test("what is out of order, or no time at all, is left out", () => {
  const stretches = new Stretches();
  const bad = [2, 500, 1000, 3, NaN, 5, 4, 2000, -1, 5, 3000, 0.5, 6, 4000];
  assert.deepEqual(texts(stretches.add([1, 0, 1000, ...bad])), ["1: 0+1000"]);
});

Deno.test("the oldest are forgotten, so that they stay few", () => {
  const stretches = new Stretches();
  const count = 50_000;
  for (let i = 0; i < count; i++) stretches.add([1, i * 2000, 1000]);
  const kept = texts(stretches.within(0, count * 2000, 2));
  assert.ok(kept.length >= 10_000 && kept.length <= 20_000, `${kept.length}`);
  assert.equal(kept.at(-1), `1: ${(count - 1) * 2000}+1000`);
});
