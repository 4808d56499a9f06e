import assert from "node:assert/strict";
import type { Account } from "../../../../src/agent/ledger.ts";
import { putTick, takeTick } from "../../../../src/agent/node/context/ticks.ts";

const account = (seq: number): Account => ({ seq, runTime: 0, closed: false });

Deno.test("a tick is taken once, whosever it is", () => {
  const a = account(1);
  assert.ok(putTick(7, a) && putTick(8, null));
  assert.deepEqual([takeTick(7), takeTick(8), takeTick(9)], [a, null, undefined]);
  assert.deepEqual([takeTick(7), takeTick(8)], [undefined, undefined]);
});

Deno.test("so many ticks wait that there is no room: none takes the place of another", () => {
  const a = account(1);
  const ids = Array.from({ length: 10_000 }, (_, i) => 2 ** 40 + i);
  const known = ids.filter((id) => putTick(id, a));
  assert.ok(known.length >= 1000 && known.length < ids.length);
  for (const id of ids) assert.equal(takeTick(id), known.includes(id) ? a : undefined);
  assert.ok(putTick(ids.at(-1)!, a));
  assert.equal(takeTick(ids.at(-1)!), a);
});
