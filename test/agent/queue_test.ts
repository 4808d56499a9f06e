import assert from "node:assert/strict";
import { now } from "../../src/agent/clock.ts";
import { openLedger, switchTo } from "../../src/agent/ledger.ts";
import { original } from "../../src/agent/originals.ts";
import { queuedAt, watchQueue } from "../../src/agent/queue.ts";

/** An event loop whose iterations and sleep are made up. */
const loop = { iteration: 1 as number | undefined, slept: 0 };
original.iteration = () => loop.iteration;
original.idleTime = () => loop.slept;
original.tellsSleep = true;
openLedger();
watchQueue();

/** A request runs for so many milliseconds; gives when it began and ended. */
function hold(milliseconds: number): { startAt: number; endAt: number } {
  const startAt = now();
  switchTo({ seq: 1, runTime: 0, closed: false }, startAt);
  const endAt = startAt + milliseconds * 1000;
  switchTo(null, endAt);
  return { startAt, endAt };
}

const cases: readonly [string, (endAt: number) => number, boolean][] = [
  ["in the same iteration", (endAt) => endAt + 9000, true],
  ["in the next iteration", (endAt) => (loop.iteration!++, endAt + 9000), true],
  ["on a new connection, in the one after", (endAt) => (loop.iteration! += 2, endAt + 9000), true],
  ["three iterations later", (endAt) => (loop.iteration! += 3, endAt + 90), false],
  ["when the loop has slept since", (endAt) => (loop.iteration!++, loop.slept++, endAt + 90), false],
  ["at once, where iterations are not told", (endAt) => (loop.iteration = undefined, endAt + 90), true],
  [
    "before as long has gone by again, where iterations are not told",
    (endAt) => (loop.iteration = undefined, endAt + 79_000),
    true,
  ],
  ["later, where iterations are not told", (endAt) => (loop.iteration = undefined, endAt + 81_000), false],
];

for (const [i, [when, read, mayHaveWaited]] of cases.entries()) {
  Deno.test(`a request that is read after a long stretch ${when} ${mayHaveWaited ? "may have waited" : "has not waited"} for it`, () => {
    Object.assign(loop, { iteration: 10 * i, slept: i });
    const { startAt, endAt } = hold(80);
    const at = read(endAt);
    assert.equal(queuedAt(at), mayHaveWaited ? at - startAt : 0);
  });
}

Deno.test("more than two do, too", () => {
  Object.assign(loop, { iteration: 2000, slept: 2000 });
  const { startAt } = hold(80);
  hold(2);
  const last = hold(3);
  assert.equal(queuedAt(last.endAt + 10), last.endAt + 10 - startAt);
});

Deno.test("two long stretches without a sleep have kept it waiting together; short ones have not", () => {
  Object.assign(loop, { iteration: 1000, slept: 1000 });
  hold(0.5);
  assert.equal(queuedAt(now() + 600), 0);
  const { startAt } = hold(2);
  loop.iteration!++;
  const second = hold(3);
  assert.equal(queuedAt(second.endAt + 10), second.endAt + 10 - startAt);
});
