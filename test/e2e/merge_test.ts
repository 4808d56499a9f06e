/** `routes.pb.gz`, and what `convert --merge` and `report` make of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { mergedProfile } from "../../src/analysis/merged_profile.ts";
import { formats } from "../../src/formats/mod.ts";
import type { IndexEntry } from "../../src/store/entry.ts";
import { readIndex } from "../../src/store/read_run.ts";
import { readRoutesFile } from "../../src/store/routes_file.ts";
import { toMicroseconds } from "../../src/units.ts";
import { appPath, ask, askAll, type Ended, forms, Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

/** And the share of the work that is theirs. */
const functions = { alpha: 0.4, beta: 0.3, gamma: 0.2, delta: 0.1 };

function profsrv(...args: string[]): Promise<Ended> {
  return new Started([...forms.executable, ...args]).ended;
}

/** Starts the server, without a profile file for any request. */
async function start(
  directory: string,
  { kind, path }: Runtime,
): Promise<{ started: Started; port: number; pid: number }> {
  const command = kind === "deno" ? [path, "run", "-A", appPath("four.cjs")] : [path, appPath("four.cjs")];
  const started = new Started([
    ...forms.executable,
    "--quiet",
    "--prof-path",
    directory,
    "--max-files",
    "0",
    "--",
    ...command,
  ]);
  const [, port, pid] = await started.printed(/port (\d+) pid (\d+)/);
  return { started, port: Number(port), pid: Number(pid) };
}

/** Without what a killed profsrv left in the middle of a line. */
function indexOf(directory: string): IndexEntry[] {
  return [...readIndex(directory, "")];
}

/** The share of each function in what a merged profile has of them all. */
function sharesIn(folded: string): number[] {
  const times = Object.keys(functions).map((name) =>
    folded.split("\n").filter((line) => line.includes(`${name} (`)).reduce(
      (sum, line) => sum + Number(line.split(" ").at(-1)),
      0,
    )
  );
  const all = times.reduce((sum, time) => sum + time, 0);
  return times.map((time) => time / all);
}

/** @param requests the more there are, the nearer the shares come to those of the work: 2,000 to 3 points */
async function isRight(runtime: Runtime, directory: string, requests: number): Promise<void> {
  const { started, port } = await start(directory, runtime);
  await askAll(port, Array.from({ length: requests }, () => "/work"), 1);
  await askAll(port, Array.from({ length: 300 }, (_, i) => `/cheap/${i}`), 8);
  started.kill("SIGTERM");
  await started.ended;

  const written = readRoutesFile(directory)!;
  const index = indexOf(directory);
  for (const [name, count] of [["GET /work", requests], ["GET /cheap/:id", 300]] as const) {
    const merged = mergedProfile(written, name)!;
    const entries = index.filter(({ method, route }) => `${method} ${route}` === name);
    const cpu = entries.reduce((sum, entry) => sum + toMicroseconds(entry.cpu), 0);
    assert.deepEqual([entries.length, written.routes.find((it) => it.name === name)!.requests], [
      count,
      count,
    ]);
    assert.equal(merged.request.cpu, cpu);
    assert.equal(merged.profile.samples.time.reduce((sum, time) => sum + time, 0), cpu);
    const samples = entries.reduce((sum, entry) => sum + entry.samples, 0);
    assert.equal(merged.sampleCount, samples);
  }

  const out = join(directory, "out");
  const converted = await profsrv(
    "convert",
    directory,
    "--merge",
    "--format",
    "folded,cpuprofile,callgrind,pprof,speedscope",
    "--out",
    out,
  );
  assert.deepEqual([converted.code, converted.stdout], [0, ""]);
  const names = await readdir(out);
  for (const stem of ["GET.work", "GET.cheap._id"]) {
    for (const { extension } of formats.filter(({ units }) => units.includes("microseconds"))) {
      assert.ok(names.includes(`merged.${stem}${extension}`), `${names} has merged.${stem}${extension}`);
    }
  }
  const folded = await readFile(join(out, "merged.GET.work.folded"), "utf8");
  assert.ok(!folded.includes("(unsampled)"));
  const shares = sharesIn(folded);
  for (const [i, [name, known]] of Object.entries(functions).entries()) {
    assert.ok(
      Math.abs(shares[i]! - known) < 0.03 * Math.sqrt(2000 / requests),
      `${name}: ${shares[i]} of the samples, ${known} of the work`,
    );
  }

  // A directory of profiles has no request in routes.pb.gz, and a report has all of them.
  const plain = await profsrv("convert", directory, "--format", "folded", "--out", join(directory, "plain"));
  assert.doesNotMatch(plain.stderr, /routes/);
  const report = await profsrv("report", directory, "--json", "--route", "GET /work");
  const { profiles } = JSON.parse(report.stdout);
  assert.deepEqual([profiles.requests, profiles.isWhole], [requests, true]);
  assert.deepEqual(profiles.functions.slice(0, 1).map((it: { function: string }) => it.function), ["burn"]);
  assert.match((await profsrv("report", directory)).stdout, /\nFunctions, of all requests \(\d+ ms\)\n/);
}

async function survives(runtime: Runtime, directory: string): Promise<void> {
  const { started, port, pid } = await start(directory, runtime);
  try {
    // Until the file holds some of it.
    for (let known = 0; known === 0;) {
      await askAll(port, Array.from({ length: 100 }, () => "/work"), 1);
      known = readRoutesFile(directory)?.routes.find(({ name }) => name === "GET /work")?.requests ?? 0;
    }
    await askAll(port, Array.from({ length: 100 }, () => "/work"), 1);
    const exit = once(started.child, "exit");
    started.kill("SIGKILL");
    await exit;
    const early = await profsrv(
      "convert",
      directory,
      "--merge",
      "--format",
      "folded",
      "--out",
      join(directory, "early"),
    );
    assert.equal(early.code, 0);
    assert.match(early.stderr, /has no end: requests of its last seconds may be missing/);
    process.kill(pid, "SIGTERM");
    const report = await profsrv("report", directory);
    assert.equal(report.code, 0, report.stderr);
    const index = indexOf(directory);
    const merged = mergedProfile(readRoutesFile(directory)!, "GET /work")!;
    assert.equal(merged.request.cpu, index.reduce((sum, entry) => sum + toMicroseconds(entry.cpu), 0));
    const samples = index.reduce((sum, entry) => sum + entry.samples, 0);
    const [, missing = "0"] =
      / ([\d,]+) samples? of its last seconds (?:is|are) missing in routes\.pb\.gz/.exec(report.stderr) ?? [];
    assert.equal(merged.sampleCount + Number(missing.replaceAll(",", "")), samples);
    assert.ok(merged.sampleCount > 0, `${merged.sampleCount} of ${samples}`);
  } finally {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const [first] = await runtimes();
for (const runtime of await runtimes()) {
  Deno.test(`the merged profile of short requests has the times of its functions right, on ${runtime.kind} ${runtime.version}`, () =>
    inDirectory((directory) => isRight(runtime, directory, runtime === first ? 2000 : 400)));
}

Deno.test("the routes of a run whose profsrv was killed are completed by report, or it says what is missing", () =>
  inDirectory((directory) => survives(first!, directory)));

Deno.test("convert --merge says what is wrong with a directory, and writes nothing", () =>
  inDirectory(async (directory) => {
    const run = join(directory, "run");
    const { started, port } = await start(run, first!);
    await ask(port, "/work");
    started.kill("SIGTERM");
    await started.ended;
    const out = join(directory, "out");
    const refused = async (path: string, expected: RegExp) => {
      const { code, stdout, stderr } = await profsrv(
        "convert",
        path,
        "--merge",
        "--format",
        "folded",
        "--out",
        out,
      );
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, expected);
      assert.match(stderr, /^profsrv: [^\n]+\n$/);
      assert.ok(!(await readdir(directory)).includes("out"));
    };
    await refused(
      join(run, "run.json"),
      /Cannot merge ".*run\.json": it is a file, expected a run's directory/,
    );
    await refused(directory, /Cannot merge ".*": there is no run\.json of a run in it/);
    await refused(join(directory, "none"), /there is no such file or directory/);
    const file = join(run, "routes.pb.gz");
    const content = await readFile(file);
    await writeFile(file, content.subarray(0, content.length - 9));
    await refused(run, /its routes\.pb\.gz cannot be read: its gzip data is damaged or cut off/);
    const report = await profsrv("report", run);
    assert.match(report.stderr, /its routes\.pb\.gz cannot be read/);
    assert.match(report.stdout, /GET \/work/);
    await writeFile(file, content);
    const record = await readFile(join(run, "run.json"), "utf8");
    await writeFile(join(run, "run.json"), record.replace(/"run": "\w+"/, '"run": "another"'));
    await refused(run, /its routes\.pb\.gz is of another run than its run\.json/);
    await rename(file, `${file}.old`);
    await refused(run, /it has no routes\.pb\.gz, which runs of older versions do not write/);
  }));
