/** Signals that nobody listens for, where Deno gives the server no permission to send itself one. */
import assert from "node:assert/strict";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, profiled, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const permissions = ["--no-prompt", "--allow-net"];

async function use(started: Started, signal: NodeJS.Signals, end: "outside" | "itself"): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  for (let i = 0; i < 2; i++) assert.equal((await ask(port, "/hi")).status, 200);
  if (end === "outside") started.kill(signal);
  else await ask(port, `/kill?${signal}`).catch(() => {});
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "deno") continue;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.test(`${signal} ends a server without --allow-run as alone, with its last requests, on deno ${version}`, async () => {
      const command = [path, "run", ...permissions, appPath("deno_unpermitted.ts")];
      const alone = new Started(command);
      await use(alone, signal, "outside");
      const { code, signal: ended, stdout } = await alone.ended;
      const run = await profiled(command, (started) => use(started, signal, "outside"));
      assert.deepEqual([run.code, run.signal], [code, ended], run.stderr);
      assert.equal(ended, signal);
      assert.equal(run.stdout.replace(/port \d+/, ""), stdout.replace(/port \d+/, ""));
      assert.doesNotMatch(run.stderr, /NotCapable|Uncaught/);
      checkLaws(run);
      assert.deepEqual(run.index.map((it) => it.path), ["/hi", "/hi"]);
      assert.ok(run.index.every((it) => it.samples > 0), "the last window has come");
    });
  }

  Deno.test(`a server that may not send itself a signal goes on being recorded, on deno ${version}`, async () => {
    const command = [path, "run", ...permissions, appPath("deno_unpermitted.ts")];
    const alone = new Started(command);
    await use(alone, "SIGTERM", "itself");
    const isRefused = await alone.printed(/^refused$/m).then(() => true, () => false);
    if (isRefused) alone.kill("SIGTERM");
    const { code, signal, stdout } = await alone.ended;
    const run = await profiled(command, async (started) => {
      await use(started, "SIGTERM", "itself");
      if (!isRefused) return;
      await started.printed(/^refused$/m);
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await ask(port, "/hi");
      started.kill("SIGTERM");
    });
    assert.deepEqual([run.code, run.signal], [code, signal], run.stderr);
    assert.equal(run.stdout.replace(/port \d+/, ""), stdout.replace(/port \d+/, ""));
    assert.equal(run.index.length, isRefused ? 4 : 3);
  });
}
