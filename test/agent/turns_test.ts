import assert from "node:assert/strict";
import { setImmediate as nextImmediate } from "node:timers/promises";
import { openLedger, switchTo } from "../../src/agent/ledger.ts";
import { closeIfOver, type OpenRequest, openRequest } from "../../src/agent/requests.ts";
import { noteCall } from "../../src/agent/self_calls.ts";
import {
  lookAfterTurns,
  mustWait,
  serveOneByOne,
  takeTurn,
  wait,
  type Waiting,
} from "../../src/agent/turns.ts";

openLedger();
serveOneByOne();

/** A request that has its turn. */
function holder(): OpenRequest {
  const facts = () => ({ method: "GET", url: "/", host: "x", http: "1.1", status: 200, bytes: 1 });
  const request = openRequest({ isOver: () => true, outcome: () => "finished", facts, release: () => {} });
  takeTurn(request);
  return request;
}

/** One that waits; `log` hears what becomes of it. */
function waiting(name: string, log: string[], known: Partial<Waiting> = {}): Waiting {
  return {
    name,
    begin: () => void log.push(`${name} begins`),
    drop: () => void log.push(`${name} drops`),
    record: () => void log.push(`${name} is recorded`),
    isGone: () => false,
    caller: () => null,
    ...known,
  };
}

Deno.test("a request that one makes of its own server begins beside it, but not within what makes it", async () => {
  const first = holder();
  const log: string[] = [];
  wait(waiting("other", log));
  wait(waiting("called", log, { caller: () => first }));
  wait(waiting("called and gone", log, { caller: () => first, isGone: () => log.includes("made") }));
  switchTo(first);
  noteCall(() => false);
  switchTo(null);
  log.push("made");
  await nextImmediate();
  await nextImmediate();
  assert.deepEqual(log, ["made", "called begins", "called and gone drops"]);
  closeIfOver(first);
  await nextImmediate();
  assert.deepEqual(log.slice(3), ["other begins"]);
});

Deno.test("the agent's tick begins no request itself: what its handler throws would be taken for the agent's", async () => {
  const first = holder();
  const log: string[] = [];
  wait(waiting("called", log, { caller: () => first }));
  lookAfterTurns();
  assert.deepEqual(log, []);
  await nextImmediate();
  assert.deepEqual(log, ["called begins"]);
  closeIfOver(first);
  assert.equal(mustWait(waiting("next", log)), false);
});
