/** What a parent hands over beside the streams reaches the command: open files, the channel of Node, a socket activation's pid. */
import assert from "node:assert/strict";
import process from "node:process";
import { appPath, forms, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const windows = process.platform === "win32";

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  // The .mjs on this Node, and the executable, which has its own.
  for (
    const [form, wrapper] of [["executable", forms.executable], [".mjs", [path, forms.node[1]]]] as const
  ) {
    for (const how of ["files", "pid", "json", "advanced"]) {
      const name =
        `what a parent hands over (${how}) reaches node ${version} as it does alone, through the ${form}`;
      Deno.test(name, { ignore: windows }, async () => {
        // Up to Node 20 the event loop turns while a module is loaded, and Node reads what is there.
        const env = form === ".mjs" && Number.parseInt(version) < 22 ? { LATE: "1" } : {};
        const run = (...words: string[]) =>
          new Started([path, appPath("handing.cjs"), how, ...words], { env }).ended;
        const alone = await run();
        const { stdout, stderr, code } = await run(...wrapper, "--quiet", "--");
        assert.deepEqual([stdout, code], [alone.stdout, alone.code], stderr);
      });
    }
  }
}

Deno.test(
  "profsrv on Deno hands open files over, and a pid",
  { ignore: windows },
  async () => {
    const run = (how: string, ...words: string[]) =>
      new Started(["node", appPath("handing.cjs"), how, ...words]).ended;
    for (const how of ["files", "pid"]) {
      const { stdout, stderr } = await run(how, ...forms.deno, "--quiet", "--");
      assert.equal(stdout, (await run(how)).stdout, stderr);
    }
  },
);
