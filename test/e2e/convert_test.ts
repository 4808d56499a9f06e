/** Profiles of the runtimes' own profilers, converted with the executable. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forms } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const script = `function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
for (let i = 0; i < 4000; i++) fib(18);
`;

for (const { kind, version, path } of await runtimes()) {
  const name = `a profile that ${kind} ${version} took itself is converted`;
  const args = kind === "node" ? ["--cpu-prof"] : ["run", "--cpu-prof"];
  if (kind === "deno" && spawnSync(path, [...args, "--help"]).status !== 0) {
    missing(name, "it cannot take one");
    continue;
  }
  Deno.test(name, () => {
    const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
    try {
      writeFileSync(join(directory, "fib.js"), script);
      execFileSync(path, [...args, "fib.js"], { cwd: directory });
      const { status, stderr } = spawnSync(forms.executable[0], [
        "convert",
        directory,
        "--format",
        "folded,callgrind,speedscope,pprof",
      ], { encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, "profsrv: 1 profile converted, 4 files written\n"]);
      const files = readdirSync(directory);
      assert.equal(files.length, 6, files.join());
      const folded = readFileSync(join(directory, files.find((it) => it.endsWith(".folded"))!), "utf8");
      const time = folded.trim().split("\n").filter((line) => /fib \([^;]*fib\.js:1:\d+\) \d+$/.test(line))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
      assert.ok(time > 50_000, `most of the time is in fib:\n${folded}`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}
