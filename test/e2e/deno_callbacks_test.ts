/** Whatever calls back under Deno, it calls back for its request, and for no longer than it runs. */
import assert from "node:assert/strict";
import type { IndexEntry } from "../../src/store/entry.ts";
import { checkLaws, samplesUnder } from "../support/laws.ts";
import { appPath, ask, askAll, profiled } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";
import { profileOf } from "./deno_profiles.ts";

/** Each callback computes for 20 ms by the clock, and waits for 30 ms if it is asked to. */
const MIN_CPU = 18;
const MIN_WAIT = 25;

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "deno") continue;
  Deno.test(`each kind of callback on deno ${version} works for the request that waits for it`, async () => {
    let paths: string[] = [];
    let waiting: string[] = [];
    const run = await profiled([path, "run", "-A", appPath("deno_callbacks.mjs")], async (started) => {
      const [, port, kinds = ""] = await started.printed(/port (\d+) (.+)\n/);
      paths = kinds.split(",").map((it) => encodeURI(`/${it}`));
      waiting = paths.map((it) => `${it}/waiting`);
      await askAll(Number(port), paths, 4);
      for (const path of waiting) await ask(Number(port), path);
      started.kill("SIGTERM");
    });
    checkLaws(run);
    assert.ok(paths.length > 20);
    const entryOf = (path: string) => run.index.find((it) => it.path === path)!;
    assert.deepEqual([...paths, ...waiting].filter((it) => entryOf(it).cpu < MIN_CPU), [], "not told of");
    // Whatever else the event loop does for 1 ms while a request waits blocks it.
    const idle = ({ wait, blocked }: IndexEntry) => wait + blocked;
    assert.deepEqual(waiting.filter((it) => idle(entryOf(it)) < MIN_WAIT), [], "not told of the end");
    // A busy machine may not let the sampler of V8 run for the 20 ms that one takes.
    const unseen = paths.filter((path) => samplesUnder(profileOf(run, path), "callbackWork") === 0);
    assert.ok(unseen.length < paths.length / 2, `no sample of ${unseen}`);
  });
}
