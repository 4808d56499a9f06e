/** The executable leaves to the command what Node would read out of the command's words and variables. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { forms, Started } from "../support/profiled.ts";

/** Words behind the server's name; all of them are the server's. */
const words: readonly string[][] = [
  ["--experimental-config-file=node.config.json"],
  ["--experimental-config-file", "node.config.json"],
  ["--experimental-config-file=broken.json"],
  ["--experimental-config-file=missing.json"],
  ["--experimental-config-file"],
  ["--experimental-default-config-file"],
  ["--experimental-default-config-file=1"],
  ["--env-file=.env"],
  ["--env-file", "missing.env"],
  ["--env-file-if-exists=missing.env"],
];

async function inDirectory(use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "base-test-"));
  try {
    await writeFile(join(cwd, "shows"), `#!/bin/sh\nprintf '%s\\n' "$@" "\${FROM_FILE-none}"\n`, {
      mode: 0o755,
    });
    await writeFile(join(cwd, "preload.cjs"), `console.log("preloaded")`);
    await writeFile(
      join(cwd, "node.config.json"),
      JSON.stringify({ nodeOptions: { require: ["./preload.cjs"] } }),
    );
    await writeFile(join(cwd, "broken.json"), `{"nodeOptions":{"bogus":1}}`);
    await writeFile(join(cwd, ".env"), "FROM_FILE=read\n");
    await use(cwd);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** Node reads them out of the command line of a script of its own: only the executable can leave them alone. */
const isExecutable = process.env["TESTED_FORM"] !== "node";

for (const given of isExecutable ? words : []) {
  Deno.test(`profsrv program ${given.join(" ")}: the words are the program's`, () =>
    inDirectory(async (cwd) => {
      const command = [...forms.executable, "--quiet", "./shows", ...given];
      const ended = await new Started(command, { cwd }).ended;
      const stdout = [...given, "none", ""].join("\n");
      assert.deepEqual(ended, { code: 0, signal: null, stdout, stderr: "" });
    }));
}

/** A variable of the command's, with which Node itself would do something. */
const variables: readonly [name: string, value: (cwd: string) => string][] = [
  ["NODE_OPTIONS", () => "--import ./preload.cjs"],
  ["NODE_OPTIONS", () => "--inspect-brk=127.0.0.1:0"],
  ["NODE_OPTIONS", () => "--bogus"],
  ["NODE_REPL_EXTERNAL_MODULE", () => "./preload.cjs"],
  ["NODE_V8_COVERAGE", (cwd) => join(cwd, "coverage")],
  ["NODE_COMPILE_CACHE", (cwd) => join(cwd, "cache")],
];

for (const [name, value] of isExecutable ? variables : []) {
  Deno.test(`${name}=${value(".")} is for the command, not for profsrv`, () =>
    inDirectory(async (cwd) => {
      const before = await readdir(cwd);
      const env = { [name]: value(cwd) };
      const command = [...forms.executable, "--quiet", "--", "sh", "-c", `printf %s "$${name}"`];
      const { code, stdout, stderr } = await new Started(command, { cwd, env }).ended;
      // The agent's path stands before it.
      const last = name === "NODE_OPTIONS" ? stdout.replace(/^--require \S+ /, "") : stdout;
      assert.deepEqual([code, last, stderr], [0, value(cwd), ""]);
      assert.deepEqual(await readdir(cwd), before);
    }));
}
