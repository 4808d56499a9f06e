/** When there is too little of the machine, the server comes first. */
import assert from "node:assert/strict";
import { getPriority } from "node:os";
import { appPath, profiled } from "../support/profiled.ts";

const LOW = 19;

Deno.test("the server runs as it would alone, and profsrv steps back", async () => {
  await profiled(["node", appPath("hello.cjs")], async (started) => {
    await started.printed(/port \d+/);
    const [server] = await childrenOf(started.child.pid!);
    assert.equal(getPriority(server), getPriority());
    const ours = started.child.pid!;
    for await (const { name } of Deno.readDir(`/proc/${ours}/task`)) {
      assert.equal(getPriority(Number(name)), Math.max(LOW, getPriority()));
    }
    started.kill("SIGTERM");
  });
});

Deno.test("what --on-listen runs is not slowed", async () => {
  const asks = `node -p "'priority ' + require('os').getPriority()"`;
  const run = await profiled(["node", appPath("hello.cjs")], async (started) => void await started.ended, {
    options: ["--on-listen", asks],
  });
  assert.match(run.stdout, new RegExp(`^priority ${getPriority()}$`, "m"));
});

async function childrenOf(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return text.trim().split(" ").map(Number);
}
