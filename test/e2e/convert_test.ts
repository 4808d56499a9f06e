/** Profiles of the runtimes' own profilers, converted with the executable. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Format, formats, readable } from "../../src/formats/mod.ts";
import { forms } from "../support/profiled.ts";
import { isThorough, missing, runtimes } from "../support/runtimes.ts";

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
        ...forms.executable.slice(1),
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

const fromEachToEach = "a profile goes from each format that can be read to each that can be written";
if (isThorough) Deno.test(fromEachToEach, convertFromEachToEach);
else missing(fromEachToEach, "it takes a quarter of a minute; MATRIX=all does it");

function convertFromEachToEach(): void {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  const [program = "", ...own] = forms.executable;
  const convert = (file: string, format: string, out: string) => {
    const args = [...own, "convert", file, "--format", format, "--out", out];
    const { status, stderr } = spawnSync(program, args, { cwd: directory, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^profsrv: wrote \S+\n$/);
  };
  try {
    writeFileSync(join(directory, "a.folded"), "main;outer;inner 1500\nmain;outer 500\n");
    const holdsTime = ({ units }: Format) => units.includes("microseconds");
    for (const { id, extension } of readable.filter(holdsTime)) {
      if (id !== "folded") convert("a.folded", id, ".");
      for (const { id: to } of formats.filter(holdsTime)) convert(`a${extension}`, to, join(id, to));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
