import assert from "node:assert/strict";
import { now } from "../../../../src/agent/clock.ts";
import { type Account, openLedger, running, switchTo } from "../../../../src/agent/ledger.ts";
import {
  begin,
  beginWithin,
  contextChanged,
  endBatch,
  endWithin,
  enterBatch,
  tellEndsBy,
} from "../../../../src/agent/node/context/callback_batch.ts";
import {
  isAmongReactions,
  lookForEndsBy,
  onLeaving,
  turnToReaction,
} from "../../../../src/agent/work_stack.ts";

/** What happened since: ends queued, and which requests' callbacks were told to have returned. */
let ends = 0;
let left: number[] = [];

function account(seq: number): Account {
  return { seq, runTime: 0, closed: false };
}

/** Rows are one per thread; each test starts outside of them. */
function fresh(): void {
  openLedger();
  tellEndsBy(() => ends++);
  // Deno, on which this test runs, does not know how long its event loop has slept.
  lookForEndsBy(() => {});
  begin(null);
  endBatch();
  switchTo(null);
  onLeaving((account) => left.push(account.seq));
  [ends, left] = [0, []];
}

function spin(): void {
  const until = now() + 50;
  while (now() < until);
}

Deno.test("in a row each beginning ends what was before, and a microtask the last", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  begin(a);
  spin();
  begin(b);
  assert.ok(a.runTime >= 50);
  spin();
  endBatch();
  assert.ok(b.runTime >= 50);
  assert.equal(running(), null);
  assert.deepEqual([ends, left], [1, [1, 2]]);
  const times = [a.runTime, b.runTime];
  spin();
  assert.deepEqual([a.runTime, b.runTime], times);
});

Deno.test("a row of nobody's queues no end", () => {
  fresh();
  begin(null);
  begin(null);
  assert.deepEqual([ends, left, running()], [0, [], null]);
});

Deno.test("a callback of nobody's ends the request's before it", () => {
  fresh();
  begin(account(1));
  begin(null);
  assert.deepEqual([left, running()], [[1], null]);
});

Deno.test("what is nobody's in the row in which a request came in is the request's", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  begin(null);
  enterBatch(a);
  contextChanged(b);
  contextChanged(null);
  assert.equal(running(), a);
  begin(null);
  assert.equal(running(), a);
  endBatch();
  begin(null);
  assert.deepEqual([ends, running()], [1, null]);
});

Deno.test("a request that has ended in its row takes no more", () => {
  fresh();
  const a = account(1);
  begin(null);
  enterBatch(a);
  a.closed = true;
  begin(null);
  assert.equal(running(), null);
});

Deno.test("a request that is closed when its callback returns is not run on", () => {
  fresh();
  const a = account(1);
  onLeaving((account) => {
    account.closed = true;
    switchTo(null);
  });
  begin(a);
  endBatch();
  assert.deepEqual([a.closed, running()], [true, null]);
});

Deno.test("promise reactions follow the end of the row, and the next callback ends them", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  begin(a);
  endBatch();
  turnToReaction(b);
  assert.deepEqual([isAmongReactions(), running()], [true, b]);
  begin(a);
  assert.deepEqual([isAmongReactions(), running(), ends], [false, a, 2]);
  endBatch();
});

Deno.test("an end of the row that comes among reactions leaves the reaction running", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  begin(a);
  turnToReaction(b);
  endBatch();
  assert.equal(running(), b);
  begin(null);
  assert.equal(running(), null);
});

Deno.test("between two callbacks of a request it may end, and its successor takes what follows", () => {
  fresh();
  const [a, b] = [{ ...account(1), successor: account(2) }, account(3)];
  onLeaving((account) => {
    if (account.seq !== 1) return;
    a.closed = true;
    switchTo(null);
  });
  begin(a);
  begin(a);
  assert.equal(running(), a.successor);
  begin(b);
  assert.equal(running(), b);
});

Deno.test("a request whose context is left within its callback is looked at when that returns, not before", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  begin(a);
  contextChanged(b);
  contextChanged(a);
  assert.deepEqual([left, running()], [[], a]);
  contextChanged(null);
  endBatch();
  assert.deepEqual([left.sort(), running()], [[1, 2], null]);
});

Deno.test("a context that is left within a reaction does not end the request's", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  turnToReaction(a);
  contextChanged(b);
  assert.deepEqual(left, []);
  contextChanged(a);
  assert.equal(running(), a);
  endBatch();
  assert.deepEqual([[...new Set(left)].sort(), running()], [[1, 2], null]);
});

Deno.test("work within other work nests, and whose it was within goes on after it", () => {
  fresh();
  const [a, b, c] = [account(1), account(2), account(3)];
  begin(a);
  beginWithin(7, b);
  beginWithin(8, c);
  assert.equal(running(), c);
  endWithin(9);
  endWithin(8);
  assert.equal(running(), b);
  endWithin(7);
  assert.equal(running(), a);
  beginWithin(7, b);
  a.closed = true;
  endWithin(7);
  assert.equal(running(), null);
  endBatch();
});
