/** Where Node keeps what it has compiled there is nothing of the agent's. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appPath, profiled, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

/** Node 20 has no such cache. */
const SINCE = 22;

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node" || Number.parseInt(version) < SINCE) continue;
  Deno.test(`NODE_COMPILE_CACHE has the same files with and without profsrv on node ${version}`, async () => {
    const cache = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    const command = [path, appPath("old.js")];
    const use = async (started: Started) => {
      await started.printed(/port/);
      started.kill("SIGTERM");
    };
    const files = async (name: string) =>
      (await readdir(join(cache, name), { recursive: true, withFileTypes: true }))
        .filter((it) => it.isFile()).map((it) => it.name).sort();
    try {
      const alone = new Started(command, { env: { NODE_COMPILE_CACHE: join(cache, "alone") } });
      await use(alone);
      await alone.ended;
      await profiled(command, use, { env: { NODE_COMPILE_CACHE: join(cache, "profiled") } });
      const expected = await files("alone");
      assert.ok(expected.length > 0, "Node keeps the application");
      assert.deepEqual(await files("profiled"), expected);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });
}
