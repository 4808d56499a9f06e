import assert from "node:assert/strict";
import {
  type Account,
  beginOutside,
  busyTimeAt,
  endOutside,
  forget,
  isLedgerFilling,
  openLedger,
  outsideTimeAt,
  running,
  runTimeAt,
  switchTo,
  takeDropped,
  takeOwners,
  takeStretches,
} from "../../src/agent/ledger.ts";
import { now } from "../../src/agent/clock.ts";

function account(seq: number): Account {
  return { seq, runTime: 0, closed: false };
}

/** The ledger is one per thread; each test starts with an empty log and nobody running. */
function fresh(): void {
  openLedger();
  endOutside();
  if (running() !== null) switchTo(null);
  forget(Infinity);
  takeStretches();
  takeDropped();
}

function spinUntil(at: number): void {
  while (now() < at);
}

Deno.test("the time of each account adds up to the busy time, and nobody's time to neither", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  const start = now();
  const busyBefore = busyTimeAt(start);
  for (let i = 0; i < 50; i++) {
    switchTo(i % 2 === 0 ? a : b);
    spinUntil(now() + 20);
    switchTo(null);
    spinUntil(now() + 10);
  }
  const at = now();
  const busy = busyTimeAt(at) - busyBefore;
  assert.ok(Math.abs(busy - a.runTime - b.runTime) < 0.001, `${busy} is not ${a.runTime} + ${b.runTime}`);
  assert.ok(a.runTime >= 25 * 20 && b.runTime >= 25 * 20);
  assert.ok(busy <= at - start - 50 * 10);
});

Deno.test("time that still runs is counted up to the instant that is asked for", () => {
  fresh();
  const a = account(7);
  switchTo(a);
  const at = now() + 500;
  spinUntil(at + 100);
  assert.ok(runTimeAt(a, at) >= 500);
  const busy = busyTimeAt(at);
  assert.ok(Math.abs(busyTimeAt(at + 50) - busy - 50) < 0.001);
  switchTo(null);
});

Deno.test("each instant has the owner that was current then, as a slow search finds it too", () => {
  fresh();
  const accounts = [account(1), account(2), account(3), null];
  const log = [{ before: -Infinity, after: -Infinity, seq: 0 }];
  let seed = 42;
  const random = (below: number) => (seed = (seed * 16807) % 2147483647) % below;
  for (let i = 0; i < 2000; i++) {
    const next = accounts[random(4)]!;
    const before = now();
    switchTo(next);
    const after = now();
    spinUntil(after + 3);
    log.push({ before, after, seq: next?.seq ?? 0 });
  }
  const first = log[1]!.after;
  const last = now();
  // Not between our readings of the clock: the ledger's own lies anywhere between them.
  const instants = Float64Array.from({ length: 5000 }, () => first + random(Math.floor(last - first)))
    .filter((at) => log.every(({ before, after }) => at < before || at > after)).sort();
  [instants[10], instants[11]] = [instants[11]!, instants[10]!];
  const owners = takeOwners(instants, last);
  const expanded: number[] = [];
  for (let i = 0; i < owners.length; i += 2) {
    for (let n = 0; n < owners[i]!; n++) expanded.push(owners[i + 1]!);
  }
  const expected = [...instants].map((at) => log.findLast(({ after }) => after < at)!.seq);
  assert.ok(instants.length > 500, `${instants.length} instants`);
  assert.deepEqual(expanded, expected);
  switchTo(null);
});

Deno.test("what was current at the end of a window is current at the start of the next", () => {
  fresh();
  switchTo(account(5));
  const end = now();
  takeOwners(new Float64Array(), end);
  assert.deepEqual(takeOwners(Float64Array.of(end + 1, end + 2), end + 3), [2, 5]);
  switchTo(null);
});

Deno.test("a stretch of a millisecond or more is told, with its owner", () => {
  fresh();
  switchTo(account(9));
  const start = now();
  spinUntil(start + 1500);
  switchTo(account(10));
  spinUntil(now() + 100);
  switchTo(null);
  const [seq, at, time, ...rest] = takeStretches();
  assert.equal(seq, 9);
  assert.ok(Math.abs(at! - start) < 100 && time! >= 1500);
  assert.deepEqual(rest, [], "short ones are not");
});

Deno.test("work of no open request counts where it is timed, without a rest, for a millisecond and more, and not while a request runs", () => {
  fresh();
  const [a, ended] = [account(3), { ...account(4), closed: true }];
  const before = outsideTimeAt(now());
  const run = (milliseconds: number) => spinUntil(now() + milliseconds * 1000);
  run(2); // Nobody has said that this is work.
  beginOutside(null);
  run(1.5);
  switchTo(a);
  run(0.5);
  switchTo(null); // It goes on.
  run(0.5);
  beginOutside(ended);
  run(2);
  endOutside();
  run(2);
  const all = takeStretches();
  // On a busy machine the request's own may be long, too, and what follows it.
  const told = all.filter((_, i) => all[i - i % 3] !== a.seq);
  const owners = told.filter((_, i) => i % 3 === 0);
  assert.ok(owners[0] === 0 && owners.at(-1) === -4 && owners.length <= 3, owners.join());
  const times = told.filter((_, i) => i % 3 === 2);
  assert.ok(times[0]! >= 1500 && times.at(-1)! >= 2000, times.join());
  const outside = outsideTimeAt(now()) - before;
  const sum = times.reduce((total, time) => total + time, 0);
  assert.ok(Math.abs(outside - sum) < 0.001, `${outside} is not the sum of ${times}`);
  assert.ok(told[1]! + told[2]! <= told[4]!, "they are apart");
});

Deno.test("outside time is known while such work goes on", () => {
  fresh();
  const before = outsideTimeAt(now());
  beginOutside(null);
  const at = now();
  spinUntil(at + 1500);
  const outside = outsideTimeAt(now()) - before;
  assert.ok(outside >= 1500, `${outside}`);
  endOutside();
});

Deno.test("a log says when it is half full, before it drops anything, and has room again when it was taken", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  for (let i = 0; i < 1 << 17; i++) switchTo(i % 2 === 0 ? a : b);
  assert.equal(isLedgerFilling(), false);
  switchTo(null);
  assert.deepEqual([isLedgerFilling(), takeDropped()], [true, 0]);
  takeOwners(new Float64Array(), now());
  assert.equal(isLedgerFilling(), false);
});

Deno.test("a full log drops switches and counts them; afterwards it knows who runs", () => {
  fresh();
  const [a, b] = [account(1), account(2)];
  for (let i = 0; i < (1 << 18) + 10; i++) switchTo(i % 2 === 0 ? a : b);
  switchTo(a);
  assert.equal(takeDropped(), 11);
  const end = now();
  takeOwners(new Float64Array(), end);
  assert.deepEqual(takeOwners(Float64Array.of(end + 1), end + 2), [1, 1]);
  switchTo(null);
});

Deno.test("numbers of requests beyond 32 bits are kept as they are", () => {
  fresh();
  const seq = 2 ** 31 + 5;
  switchTo(account(seq));
  const end = now();
  assert.deepEqual(takeOwners(Float64Array.of(end), end), [1, seq]);
  switchTo(account(2 ** 52));
  assert.deepEqual(takeOwners(Float64Array.of(now()), now()), [1, 2 ** 52]);
  switchTo(null);
});
