import assert from "node:assert/strict";
import { plain } from "../../src/cli/colours.ts";
import { startDrain } from "../../src/cli/drain.ts";
import type { Voice } from "../../src/cli/voice.ts";
import type { RunTotals } from "../../src/collector/mod.ts";
import { totalsOf } from "./entries.ts";

/** A voice that is written down. */
function recorder(): { voice: Voice; said: string[] } {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  return { voice: { paint: plain, say, notice: say, error: say }, said };
}

/** A collector that finishes when told to. */
function collectorOf() {
  const told: unknown[] = [];
  let finish: (totals: RunTotals) => void = () => {};
  const totals = new Promise<RunTotals>((resolve) => finish = resolve);
  const collector = {
    finish(exit: unknown) {
      told.push(exit);
      return totals;
    },
  };
  return { collector, finish, told };
}

Deno.test("what is left is written, and the collector learns how the command ended", async () => {
  const { voice, said } = recorder();
  const { collector, finish, told } = collectorOf();
  const drain = startDrain(voice);
  assert.equal(drain.hasBegun(), false);
  const end = drain.finish(collector, { signal: "SIGTERM" });
  assert.equal(drain.hasBegun(), true);
  finish(totalsOf({ requests: 7 }));
  assert.equal((await end)?.requests, 7);
  assert.deepEqual(told, [{ signal: "SIGTERM" }]);
  assert.deepEqual(said, []);
});

Deno.test("hammering Ctrl-C gives nothing up", async () => {
  const { voice, said } = recorder();
  const { collector, finish } = collectorOf();
  let clock = 5000;
  const drain = startDrain(voice, () => clock);
  const end = drain.finish(collector, { code: 0 });
  for (let at = 0; at < 10; at++, clock += 100) drain.signal();
  finish(totalsOf({ requests: 7 }));
  assert.equal((await end)?.requests, 7);
  assert.deepEqual(said, ["writing the last profiles; interrupt once more to give up the rest"]);
});

Deno.test("one more Ctrl-C, a second later, gives up what never ends", async () => {
  const { voice, said } = recorder();
  let clock = 5000;
  const drain = startDrain(voice, () => clock);
  const end = drain.finish(collectorOf().collector, { code: 0 });
  drain.signal();
  clock += 1001;
  drain.signal();
  assert.equal(await end, undefined);
  assert.equal(said.at(-1), "the profiles not yet written were given up");
});

Deno.test("a collector that fails is heard", async () => {
  const collector = { finish: () => Promise.reject(new Error("disk")) };
  await assert.rejects(startDrain(recorder().voice).finish(collector, { code: 0 }), /disk/);
});
