import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import process from "node:process";
import { startProbe } from "../../src/launch/group_signal_probe.ts";

// Its process ends after the test's last line.
const options = { ignore: process.platform === "win32", sanitizeOps: false, sanitizeResources: false };

/** The probe' process. */
function probe(): number {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const line = table.split("\n").find((it) => it.includes(` ${process.pid} /bin/sh -c # profsrv`));
  return Number(line?.trim().split(/\s+/)[0]);
}

Deno.test("a probe tells a signal that it got too from one that it did not", options, async () => {
  const { sawSignal, dismiss } = startProbe();
  try {
    assert.equal(await sawSignal("SIGINT"), false);
    const pid = probe();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const) {
      process.kill(pid, signal);
      assert.equal(await sawSignal(signal), true, signal);
      assert.equal(await sawSignal("SIGWINCH"), false, "another was not seen");
      assert.equal(await sawSignal(signal), false, `${signal} is over`);
    }
    for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT"] as const) process.kill(pid, signal);
    const answers = await Promise.all(["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"].map(sawSignal));
    assert.deepEqual(answers, [true, true, true, false], "several at once");
  } finally {
    dismiss();
  }
});

Deno.test("a signal to the group is known as one though we come to it late, and once", options, async () => {
  const { sawSignal, dismiss } = startProbe();
  try {
    assert.equal(await sawSignal("SIGINT"), false);
    process.kill(probe(), "SIGINT");
    // Its answer to this comes behind what it said of SIGINT, and more than a moment later.
    assert.equal(await sawSignal("SIGWINCH"), false);
    assert.equal(await sawSignal("SIGWINCH"), false);
    assert.equal(await sawSignal("SIGINT"), true);
    assert.equal(await sawSignal("SIGWINCH"), false);
    assert.equal(await sawSignal("SIGINT"), false);
  } finally {
    dismiss();
  }
});

Deno.test("when the probe is dead nobody can tell", options, async () => {
  const { sawSignal, dismiss } = startProbe();
  assert.equal(await sawSignal("SIGINT"), false);
  process.kill(probe(), "SIGKILL");
  assert.equal(await sawSignal("SIGINT"), undefined);
  dismiss();
  assert.equal(await sawSignal("SIGINT"), undefined);
});
