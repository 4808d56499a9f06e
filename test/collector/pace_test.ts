import assert from "node:assert/strict";
import process from "node:process";
import { inBursts, startPaced } from "../../src/collector/pace.ts";

/** Does each of `steps` in a pass of its own kind, and tells what was done and when a pass ended. */
function counted(passes: readonly number[]): { work: () => Iterator<void>; done: () => string } {
  let done = "";
  let pass = 0;
  return {
    *work() {
      for (let step = 0; step < (passes[pass] ?? 0); step++) {
        done += step;
        yield;
      }
      pass++;
      done += ";";
    },
    done: () => done,
  };
}

Deno.test("work is done by and by, in whole passes", async () => {
  let isOver = () => {};
  const over = new Promise<void>((resolve) => isOver = resolve);
  const { work, done } = counted([3, 0]);
  const paced = startPaced(function* () {
    yield* { [Symbol.iterator]: work };
    if (done().endsWith(";;")) isOver();
  });
  await over;
  paced.stop();
  assert.equal(done(), "012;;");
});

Deno.test("a step that takes long is followed by a pause, in which others have their turn", async () => {
  let others = 0;
  const timer = setInterval(() => others++, 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const paced = startPaced(function* () {
    for (let i = 0; i < 20; i++) {
      const until = performance.now() + 2;
      while (performance.now() < until);
      yield;
    }
    resolve();
  });
  await promise;
  paced.stop();
  clearInterval(timer);
  assert.ok(others >= 10, `${others} turns between 20 steps`);
});

Deno.test("to catch up is to end the pass that is under way, and one more", async () => {
  const { work, done } = counted([5]);
  const paced = startPaced(work);
  await paced.catchUp();
  assert.equal(done(), "01234;", "none was under way");
  const { promise, resolve } = Promise.withResolvers<void>();
  let steps = 0;
  const second = startPaced(function* () {
    while (steps < 4) {
      steps++;
      resolve();
      // Longer than a burst.
      const until = performance.now() + 1;
      while (performance.now() < until);
      yield;
    }
    steps += 100;
  });
  await promise;
  await second.catchUp();
  assert.equal(steps, 204);
  paced.stop();
  second.stop();
});

Deno.test("to catch up leaves timers and signals their turn", async () => {
  const turns: number[] = [];
  const timer = setInterval(() => turns.push(steps), 1);
  let steps = 0;
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  process.once("SIGUSR2", () => resolve());
  const work = function* () {
    for (; steps < 100; steps++) {
      if (steps === 10) process.kill(process.pid, "SIGUSR2");
      const until = performance.now() + 2;
      while (performance.now() < until);
      yield;
    }
  };
  const paced = startPaced(() => work());
  paced.stop();
  const caughtUp = paced.catchUp();
  await signalled;
  assert.ok(steps < 100, "the signal was heard while there was work");
  await caughtUp;
  clearInterval(timer);
  assert.equal(steps, 100);
  assert.ok(turns.filter((it) => it < 100).length >= 5, `timers ran after ${turns} steps`);
  await inBursts([].values());
});
