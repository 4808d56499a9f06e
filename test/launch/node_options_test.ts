import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { requireFirst } from "../../src/launch/node_options.ts";
import { runtimes } from "../support/runtimes.ts";

const names = ["plain", "with space", "  two  ", "ünïcödé 日本", "dollar$HOME", "per%cent", "tab\there"];
if (process.platform !== "win32") {
  names.push('quo"te', "it's", "back\\slash", "end\\", '\\"', "new\nline", "-r");
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  for (const name of names) {
    Deno.test(`node ${version} loads a file in a directory called ${JSON.stringify(name)}, before the user's`, () => {
      const root = mkdtempSync(join(tmpdir(), "launch-"));
      try {
        const folder = join(root, name);
        mkdirSync(folder);
        writeFileSync(join(folder, "agent.cjs"), "console.log('agent')");
        writeFileSync(join(root, "user.cjs"), "console.log('user')");
        const NODE_OPTIONS = requireFirst(join(folder, "agent.cjs"), "--require ./user.cjs --no-warnings");
        const output = execFileSync(path, ["-e", "console.log('main')"], {
          cwd: root,
          env: { ...process.env, NODE_OPTIONS },
          encoding: "utf8",
        });
        assert.deepEqual(output.trim().split(/\r?\n/), ["agent", "user", "main"]);
      } finally {
        rmSync(root, { recursive: true });
      }
    });
  }
}

/** Where Windows keeps temporary files: `%TEMP%` of users with odd names, short names, a share. */
const windowsFolders = [
  "C:\\Users\\RUNNER~1\\AppData\\Local\\Temp",
  "C:\\Users\\Jürgen Müller\\AppData\\Local\\Temp",
  "D:\\t e m p\\ %TEMP%\\new\\temp",
  "\\\\server\\share\\temp",
];

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  Deno.test(`node ${version} reads the agent's path on Windows as it is`, () => {
    for (const folder of windowsFolders) {
      const file = `${folder}\\profsrv-spool-Ab12Cd\\agent.cjs`;
      // There is no such file here: node says which one it looked for.
      const { stderr, status } = spawnSync(path, ["-e", "0"], {
        env: { ...process.env, NODE_OPTIONS: requireFirst(file, "--no-warnings") },
        encoding: "utf8",
      });
      assert.equal(status, 1);
      assert.ok(stderr.includes(`Cannot find module '${file}'`), stderr);
    }
  });
}
