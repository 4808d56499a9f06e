import assert from "node:assert/strict";
import { now } from "../../src/agent/clock.ts";
import { Execution } from "../../src/agent/execution.ts";
import {
  type Account,
  beginOutside,
  endOutside,
  forgetOutside,
  openLedger,
  running,
  switchTo,
} from "../../src/agent/ledger.ts";

/** What happened since: ends queued, and which requests' callbacks were told to have returned. */
let ends = 0;
let left: number[] = [];
let execution: Execution;

function account(seq: number): Account {
  return { seq, runTime: 0, closed: false };
}

/** There is one ledger in a thread; each test starts while nobody runs. */
function fresh(leave: (account: Account) => void = (account) => left.push(account.seq)): void {
  openLedger();
  switchTo(null);
  execution = new Execution({
    ...{ running, switchTo, beginOutside, endOutside, forgetOutside, leave },
    isAnyOpen: () => false,
  });
  execution.listen({ returns: false, askForEnd: () => ends++ });
  [ends, left] = [0, []];
}

function spin(): void {
  const until = now() + 50;
  while (now() < until);
}

Deno.test("in a batch each beginning ends what was before, and a microtask the last", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  execution.callbackBegins(a);
  spin();
  execution.callbackBegins(b);
  assert.ok(a.runTime >= 50);
  spin();
  execution.batchEnds();
  assert.ok(b.runTime >= 50);
  assert.equal(running(), null);
  assert.deepEqual([ends, left], [1, [1, 2]]);
  const times = [a.runTime, b.runTime];
  spin();
  assert.deepEqual([a.runTime, b.runTime], times);
});

Deno.test("a batch of nobody's queues no end", () => {
  fresh();
  execution.callbackBegins(null);
  execution.callbackBegins(null);
  assert.deepEqual([ends, left, running()], [0, [], null]);
});

Deno.test("a callback of nobody's ends the request's before it", () => {
  fresh();
  execution.callbackBegins(account(1));
  execution.callbackBegins(null);
  assert.deepEqual([left, running()], [[1], null]);
});

Deno.test("what is nobody's in the batch in which a request came in is the request's", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  execution.callbackBegins(null);
  execution.requestBegins(a);
  execution.contextChanged(b);
  execution.contextChanged(null);
  assert.equal(running(), a);
  execution.callbackBegins(null);
  assert.equal(running(), a);
  execution.batchEnds();
  execution.callbackBegins(null);
  assert.deepEqual([ends, running()], [1, null]);
});

Deno.test("a request that has ended in its batch takes no more", () => {
  fresh();
  const a = account(1);
  execution.callbackBegins(null);
  execution.requestBegins(a);
  a.closed = true;
  execution.callbackBegins(null);
  assert.equal(running(), null);
});

Deno.test("a request that is closed when its callback returns is not run on", () => {
  fresh((account) => {
    account.closed = true;
    switchTo(null);
  });
  const a = account(1);
  execution.callbackBegins(a);
  execution.batchEnds();
  assert.deepEqual([a.closed, running()], [true, null]);
});

Deno.test("promise reactions follow the end of the batch, and the next callback ends them", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  execution.callbackBegins(a);
  execution.batchEnds();
  execution.reactionBegins(b);
  assert.deepEqual([execution.isInside, running()], [true, b]);
  execution.callbackBegins(a);
  assert.deepEqual([execution.isInside, running(), ends], [false, a, 2]);
  execution.batchEnds();
});

Deno.test("an end of the batch that comes among reactions leaves the reaction running", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  execution.callbackBegins(a);
  execution.reactionBegins(b);
  execution.batchEnds();
  assert.equal(running(), b);
  execution.callbackBegins(null);
  assert.equal(running(), null);
});

Deno.test("between two callbacks of a request it may end, and its successor takes what follows", () => {
  const [a, b] = [{ ...account(1), successor: account(2) }, account(3)];
  fresh((account) => {
    if (account.seq !== 1) return;
    a.closed = true;
    switchTo(null);
  });
  execution.callbackBegins(a);
  execution.callbackBegins(a);
  assert.equal(running(), a.successor);
  execution.callbackBegins(b);
  assert.equal(running(), b);
});

Deno.test("a request whose context is left within its callback is looked at when that returns, not before", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  execution.callbackBegins(a);
  execution.contextChanged(b);
  execution.contextChanged(a);
  assert.deepEqual([left, running()], [[], a]);
  execution.contextChanged(null);
  execution.batchEnds();
  assert.deepEqual([left.sort(), running()], [[1, 2], null]);
});

Deno.test("a context that is left within a reaction does not end the request's", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  execution.reactionBegins(a);
  execution.contextChanged(b);
  assert.deepEqual(left, []);
  execution.contextChanged(a);
  assert.equal(running(), a);
  execution.batchEnds();
  assert.deepEqual([[...new Set(left)].sort(), running()], [[1, 2], null]);
});

Deno.test("work within other work nests, and whose it was within goes on after it", () => {
  fresh();
  const [a, b, c] = [account(1), account(2), account(3)];
  execution.callbackBegins(a);
  execution.scopeBegins(7, b);
  execution.scopeBegins(8, c);
  assert.equal(running(), c);
  execution.scopeEnds(9);
  execution.scopeEnds(8);
  assert.equal(running(), b);
  execution.scopeEnds(7);
  assert.equal(running(), a);
  execution.scopeBegins(7, b);
  a.closed = true;
  execution.scopeEnds(7);
  assert.equal(running(), null);
  execution.batchEnds();
});

Deno.test("reactions that are under way when their returns begin to be reported end by them", () => {
  fresh();
  execution.reactionBegins(account(1));
  execution.listen({ returns: true });
  execution.callbackReturns();
  assert.equal(running(), null);
  assert.equal(execution.isInside, false);
  execution.nestedBegins(account(2));
  assert.equal(execution.isInside, true);
  execution.callbackReturns();
  assert.equal(execution.isInside, false);
});
