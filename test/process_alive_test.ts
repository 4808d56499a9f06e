import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { isInOurGroup } from "../src/launch/process_group.ts";
import { birthOf, birthTime, groupOf, identityOf, isAlive, isSame } from "../src/process_alive.ts";

/** A process that waits to be killed. */
async function whileRuns(use: (pid: number) => void, options: { detached?: boolean } = {}): Promise<void> {
  const script = "console.log(1); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["eval", script], {
    stdio: ["ignore", "pipe", "ignore"],
    ...options,
  });
  const ended = once(child, "exit");
  try {
    await once(child.stdout!, "data");
    use(child.pid!);
  } finally {
    child.kill("SIGKILL");
    await ended;
    child.stdout!.destroy();
  }
}

/** What holds is looked for where `ps` is missing, as in slim images. */
function withoutPs(act: () => void): void {
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    act();
  } finally {
    process.env["PATH"] = path;
  }
}

Deno.test("a process is itself as long as it runs, and nobody afterwards", async () => {
  const known: { identity?: ReturnType<typeof identityOf> } = {};
  await whileRuns((pid) => {
    const identity = known.identity = identityOf(pid);
    assert.deepEqual([isAlive(pid), isSame(identity)], [true, true]);
  });
  assert.deepEqual([isAlive(known.identity!.pid), isSame(known.identity!)], [false, false]);
});

const linux = { ignore: process.platform !== "linux" };

Deno.test(
  "a process of the same id that was born at another time is another one",
  linux,
  () =>
    whileRuns((pid) => {
      withoutPs(() => {
        assert.equal(isSame({ pid, born: birthOf(pid) }), true);
        assert.equal(isSame({ pid, born: birthOf(process.pid) + "1" }), false);
        assert.equal(isSame({ pid, born: null }), true, "the system did not say");
      });
    }),
);

Deno.test("a birth is an instant on the wall clock", linux, async () => {
  const before = Date.now();
  await whileRuns((pid) => {
    const on = birthTime(birthOf(pid))!;
    assert.ok(on > before - 2000 && on < Date.now() + 2000, `${on - before} ms after it was started`);
  });
  assert.equal(birthTime(null), null);
});

Deno.test("who is in our process group is known without ps", linux, async () => {
  await whileRuns((pid) => withoutPs(() => assert.equal(isInOurGroup(pid), true)));
  await whileRuns(
    (pid) => withoutPs(() => assert.deepEqual([groupOf(pid), isInOurGroup(pid)], [pid, false])),
    { detached: true },
  );
});
