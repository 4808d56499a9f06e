import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { startChild } from "../../src/launch/child.ts";
import { exitCodeOf } from "../../src/launch/child_exit.ts";
import { planLaunch } from "../../src/launch/plan.ts";
import { birthOf } from "../../src/process_alive.ts";

const windows = process.platform === "win32";
// The probe ends a moment after the command.
const loose = { sanitizeOps: false, sanitizeResources: false };

function start(word: string, ...args: string[]) {
  const plan = planLaunch({
    command: [word, ...args],
    file: word,
    env: process.env,
    platform: process.platform,
  });
  return startChild(plan, word);
}

Deno.test({
  name: "a script whose interpreter is missing is not started, in one sentence",
  ignore: windows,
  ...loose,
  async fn() {
    const root = mkdtempSync(join(tmpdir(), "launch-"));
    try {
      const script = join(root, "script");
      writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
      const child = start(script);
      assert.equal(child.started, false);
      const exit = await child.ended;
      assert.ok("failed" in exit);
      assert.equal(exitCodeOf(exit, "linux"), 126);
      assert.equal(exit.text, `Cannot run "${script}": the interpreter that its first line names is missing`);
    } finally {
      rmSync(root, { recursive: true });
    }
  },
});

Deno.test({
  name: "arguments that are too long are said to be",
  ignore: windows,
  ...loose,
  async fn() {
    const child = start("true", "x".repeat(1 << 22));
    const exit = await child.ended;
    assert.equal(child.started, false);
    assert.match(
      "failed" in exit ? exit.text : "",
      /^Cannot run "true": its arguments and environment are too long$/,
    );
  },
});

Deno.test({
  name: "a signal after the command's end harms nobody",
  ignore: windows,
  ...loose,
  async fn() {
    const child = start("true");
    assert.equal(child.started, true);
    assert.deepEqual(await child.ended, { code: 0 });
    await child.pass("SIGTERM");
  },
});

Deno.test({
  name: "a stranger that has got the id of a process of ours is neither told to end nor killed",
  ignore: process.platform !== "linux",
  ...loose,
  async fn() {
    const child = start("true");
    await child.ended;
    const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
    const ended = once(stranger, "exit");
    const pid = stranger.pid!;
    const born = birthOf(pid)!;
    for (const signal of ["SIGTERM", "SIGKILL"] as const) child.send({ pid, born: `${born}1` }, signal);
    child.end({ pid, born: `${born}1` }, "SIGTERM");
    // The system keeps signals in the order in which they were sent only by kind: this one would come second.
    child.send({ pid, born }, "SIGUSR1");
    assert.deepEqual(await ended, [null, "SIGUSR1"]);
  },
});
