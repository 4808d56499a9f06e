import assert from "node:assert/strict";
import { plain } from "../../src/cli/colours.ts";
import { startDrain } from "../../src/cli/drain.ts";
import type { Reporter } from "../../src/cli/reporter.ts";
import type { RunTotals } from "../../src/store/entry.ts";
import { totalsOf } from "./entries.ts";

/** A reporter that is written down. */
function recorder(): { reporter: Reporter; said: string[] } {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  return { reporter: { paint: plain, width: () => undefined, say, notice: say, error: say }, said };
}

/** A collector that finishes when told to, with 3 requests when it is given up. */
function collectorOf({ hangs = false } = {}) {
  const told: unknown[] = [];
  let finish: (totals: RunTotals) => void = () => {};
  const totals = new Promise<RunTotals>((resolve) => finish = resolve);
  const collector = {
    finish(exit: unknown) {
      told.push(exit);
      return totals;
    },
    giveUp: () => hangs || finish(totalsOf({ requests: 3 })),
  };
  return { collector, finish, told };
}

Deno.test("what is left is written, and the collector learns how the command ended", async () => {
  const { reporter, said } = recorder();
  const { collector, finish, told } = collectorOf();
  const drain = startDrain(reporter);
  assert.equal(drain.hasBegun(), false);
  const end = drain.finish(collector, { signal: "SIGTERM" });
  assert.equal(drain.hasBegun(), true);
  finish(totalsOf({ requests: 7 }));
  assert.equal((await end)?.requests, 7);
  assert.deepEqual(told, [{ signal: "SIGTERM" }]);
  assert.deepEqual(said, []);
});

Deno.test("hammering Ctrl-C gives nothing up, and each is answered", async () => {
  const { reporter, said } = recorder();
  const { collector, finish } = collectorOf();
  let clock = 5000;
  const drain = startDrain(reporter, () => clock);
  const end = drain.finish(collector, { code: 0 });
  drain.signal("SIGWINCH");
  for (let at = 0; at < 3; at++, clock += 100) drain.signal("SIGINT");
  finish(totalsOf({ requests: 7 }));
  assert.equal((await end)?.requests, 7);
  assert.deepEqual(said, [
    "writing the last profiles; interrupt once more, a second from now, to give up the rest",
    "still writing the last profiles",
    "still writing the last profiles",
  ]);
});

for (const [what, hangs, requests] of [["closes the books", false, 3], ["hangs", true, undefined]] as const) {
  Deno.test(`one more Ctrl-C, a second later, gives up the rest, and ends a collector that ${what}`, async () => {
    const { reporter, said } = recorder();
    let clock = 5000;
    const drain = startDrain(reporter, () => clock);
    const end = drain.finish(collectorOf({ hangs }).collector, { code: 0 });
    drain.signal("SIGINT");
    clock += 1001;
    drain.signal("SIGINT");
    assert.equal((await end)?.requests, requests);
    assert.equal(said.at(-1), "the profiles not yet written are given up");
  });
}

Deno.test("a collector that fails is heard", async () => {
  const collector = { finish: () => Promise.reject(new Error("disk")), giveUp: () => {} };
  await assert.rejects(startDrain(recorder().reporter).finish(collector, { code: 0 }), /disk/);
});
