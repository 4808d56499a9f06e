/** Many requests: none lost, none overwritten. */
import assert from "node:assert/strict";
import { checkLaws } from "../support/laws.ts";
import { appPath, askAll, profiled } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  Deno.test(`1,000 requests, 16 at a time, leave 1,000 lines and 1,000 files on node ${version}`, async () => {
    const run = await profiled([path, appPath("hello.cjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await askAll(port, Array.from({ length: 1000 }, () => "/same/path"), 16);
      started.kill("SIGTERM");
    });
    checkLaws(run);
    assert.equal(run.index.length, 1000);
    assert.equal(run.files.length, 1000);
    const { cost } = run.record;
    // A run may be over before its first window is.
    const always = ["startTime", "stopTime", "notices", "noticeTime", "bytes"];
    for (const what of cost.turns === 0 ? always : Object.keys(cost)) {
      assert.ok(cost[what] > 0, `${what}: ${JSON.stringify(cost)}`);
    }
    assert.ok(cost.notices >= 1000, `${cost.notices} notices of 1,000 requests`);
    assert.ok(cost.longestTurn <= cost.turnTime, JSON.stringify(cost));
    // Nanoseconds, not milliseconds, for each.
    assert.ok(cost.noticeTime < cost.notices * 0.05, JSON.stringify(cost));
  });
}
