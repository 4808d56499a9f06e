import assert from "node:assert/strict";
import { Execution } from "../../src/agent/execution.ts";
import type { Outputs } from "../../src/agent/execution_ports.ts";
import type { Account } from "../../src/agent/ledger.ts";
import { type Random, seededRandom, testRandomly } from "../support/random.ts";
import { Oracle, type Way } from "./execution_oracle.ts";
import { World } from "./execution_world.ts";

const WAYS = ["batches", "stack", "marks"] as const;
const INPUTS = {
  batches: [
    "callbackBegins",
    "reactionBegins",
    "contextChanged",
    "scopeBegins",
    "scopeEnds",
    "requestBegins",
    "batchEnds",
  ],
  stack: [
    "callbackBegins",
    "nestedBegins",
    "callbackReturns",
    "contextChanged",
    "requestBegins",
  ],
  marks: [
    "nestedBegins",
    "callbackReturns",
    "reactionBegins",
    "contextChanged",
    "requestBegins",
    "batchEnds",
  ],
} as const;

for (const way of WAYS) {
  testRandomly(`${way}: each instant has the owner that a search backwards finds`, 300, (random) => {
    compare(random, way, (outputs) => new Execution(outputs));
  });
}

for (const way of WAYS) {
  Deno.test(`${way}: the oracle notices each input that is ignored now and then`, () => {
    const unnoticed = INPUTS[way].filter((input) => !isNoticed(way, input));
    assert.deepEqual(unnoticed, []);
  });
}

/** Whether some random case fails where every third of these inputs is ignored. */
function isNoticed(way: Way, input: typeof INPUTS[Way][number]): boolean {
  for (let seed = 0; seed < 200; seed++) {
    compare(seededRandom(seed), way, (outputs) => new Execution(outputs));
    try {
      compare(seededRandom(seed), way, (outputs) => forgetful(outputs, input));
    } catch (error) {
      assert.ok(error instanceof assert.AssertionError, error as Error);
      return true;
    }
  }
  return false;
}

function forgetful(outputs: Outputs, input: typeof INPUTS[Way][number]): Execution {
  const execution = new Execution(outputs);
  const heeded = execution[input] as (...args: unknown[]) => void;
  let count = 0;
  Object.defineProperty(execution, input, {
    value(...args: unknown[]) {
      if (++count % 3 !== 0) Reflect.apply(heeded, execution, args);
    },
  });
  return execution;
}

function compare(random: Random, way: Way, make: (outputs: Outputs) => Execution): void {
  const world = new World(random, way, make);
  world.run();
  const oracle = new Oracle(world.events, way);
  const runTimes = new Map<Account, number>();
  for (const [index, { kind, at }] of world.events.entries()) {
    const end = world.events[index + 1]?.at ?? world.at;
    const middle = (at + end) / 2;
    const owner = valueAt(world.owners, middle) ?? null;
    const outside = valueAt(world.outsides, middle);
    if (end === at) continue;
    const where = `after event ${index}, ${kind} of ${world.events[index]!.account?.seq}`;
    assert.equal(owner?.seq, oracle.owner(index)?.seq, `owner ${where}`);
    if (owner !== null) runTimes.set(owner, (runTimes.get(owner) ?? 0) + end - at);
    else if (kind === "sleeps") assert.equal(outside, undefined, `sleep is timed as work ${where}`);
    else assert.deepEqual(seqOf(outside), seqOf(oracle.outside(index)), `work of no open request ${where}`);
  }
  checkSums(world, runTimes);
  checkLeaves(world, oracle);
}

/** What the switches say that each account has run is the time that it had in the loop. */
function checkSums({ owners, at }: World, runTimes: ReadonlyMap<Account, number>): void {
  const sums = new Map<Account, number>();
  for (const [index, { at: from, value }] of owners.entries()) {
    if (value !== null) sums.set(value, (sums.get(value) ?? 0) + (owners[index + 1]?.at ?? at) - from);
  }
  for (const [account, time] of sums) assert.equal(time, runTimes.get(account) ?? 0);
}

/** An account that has run is left before the loop rests, and not more often than it has run. */
function checkLeaves({ events, leaves }: World, oracle: Oracle): void {
  const accounts = new Set(events.map((_, index) => oracle.owner(index)).filter((it) => it !== null));
  for (const account of accounts) {
    const begins = [...events.keys()].filter((index) => oracle.owner(index) === account);
    const left = leaves.filter((it) => it.account === account).map(({ within }) => within);
    for (const [count, within] of left.entries()) {
      assert.ok(
        begins.filter((index) => index < within).length > count,
        `account ${account.seq} is left too often`,
      );
    }
    if (!account.closed) {
      assert.ok((left.at(-1) ?? -1) > begins.at(-1)!, `account ${account.seq} is not left`);
    }
  }
}

function valueAt<T>(
  values: readonly { readonly at: number; readonly value: T }[],
  at: number,
): T | undefined {
  return values.findLast((it) => it.at <= at)?.value;
}

function seqOf(outside: { readonly source: Account | null } | undefined): number | null | undefined {
  return outside === undefined ? undefined : outside.source?.seq ?? null;
}
