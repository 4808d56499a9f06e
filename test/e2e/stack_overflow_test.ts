/** A stack overflow that a server survives alone it survives under profsrv, on versions of Node that hooks can end, too. */
import assert from "node:assert/strict";
import process from "node:process";
import { runtime } from "../../build/runtimes.ts";
import { appPath, ask, profiled, Started } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const kinds = ["made", "promise", "asyncfn", "timer", "resource", "als", "json"];

/** Versions that are not in the matrix: CVE-2025-59466 was mended in 20.20 and 22.22. */
const older = process.env["MATRIX"] === "all" ? ["20.18.3", "22.12.0"] : [];

const all = (await runtimes()).filter(({ kind }) => kind === "node");
for (const version of older) {
  const path = await runtime({ kind: "node", version });
  if (path === undefined) missing(`stack overflows on node ${version}`, "no package of it is known here");
  else all.push({ kind: "node", version, path });
}

/** The answer, if the server lived to give one. */
async function use(started: Started, kind: string): Promise<string> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  const body = await ask(port, `/${kind}`).then(({ body }) => body, () => "none");
  await ask(port, "/end").catch(() => {});
  return body;
}

for (const { version, path } of all) {
  for (const kind of kinds) {
    Deno.test(`a stack overflow by ${kind} is as without profsrv on node ${version}`, async () => {
      const command = [path, appPath("stack_overflow.cjs")];
      const alone = new Started(command);
      const answer = await use(alone, kind);
      const { code, signal } = await alone.ended;
      let answerUnder = "";
      const run = await profiled(command, async (started) => {
        answerUnder = await use(started, kind);
      }, { options: ["--quiet"] });
      assert.deepEqual([answerUnder, run.code, run.signal], [answer, code, signal]);
      if (answer !== "none") assert.equal(run.index[0]?.path, `/${kind}`);
    });
  }
}
