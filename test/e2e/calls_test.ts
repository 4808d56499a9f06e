/** `--calls`: how often each function was called, exactly, wherever it is shown. */
import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, forms, profiled, type Run, Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { Viewing } from "../support/viewing.ts";

const esbuild = join(import.meta.dirname!, "..", "..", "node_modules", "esbuild", "bin", "esbuild");

/** What each request of test/apps/calls.cjs calls, by name. Of an async function each time that it goes on counts, too. */
const CALLS: Readonly<Record<string, number>> = {
  inlined: 5000,
  calledOften: 1234,
  recursive: 100,
  calledSeldom: 17,
  closure: 7,
  awaits: 4,
  handle: 2,
  callsInlined: 1,
};
const RESUMED = ["awaits", "handle"];
const REQUESTS = 8;

const hasCallgrind = spawnSync("callgrind_annotate", ["--version"]).error === undefined;

function commandFor({ kind, path }: Runtime, ...words: readonly string[]): string[] {
  return kind === "deno" ? [path, "run", "-A", ...words] : [path, ...words];
}

/** A run of eight requests at once; `look` gets its directory while it goes on. */
async function served(
  command: readonly string[],
  look: (directory: string) => Promise<void> = async () => {},
): Promise<Run> {
  const run = await profiled(command, async (started) => {
    const port = Number((await started.printed(/port (\d+)/))[1]);
    await Promise.all(Array.from({ length: REQUESTS }, (_, i) => ask(port, `/called?${i}`)));
    // Of a thread nobody says goodbye when a signal ends the process.
    for (let i = 0; i < REQUESTS; i++) await started.printed(new RegExp(`/called\\?${i} `), "stderr");
    await look((await started.printed(/profiles go to (.*)/, "stderr"))[1]!);
    started.kill("SIGTERM");
  }, { options: ["--calls"] });
  checkLaws(run);
  assert.equal(run.index.length, REQUESTS);
  return run;
}

/** Each request of the index has these calls, at the lines where a file has these functions. */
function checkIndex(run: Run, { file, text }: { readonly file: string; readonly text: string }): void {
  const lines = text.split("\n");
  const lineOf = (name: string) => lines.findIndex((it) => new RegExp(`function ${name}\\(`).test(it)) + 1;
  const expected = Object.entries(CALLS).map(([name, count]) => ({
    function: name,
    file,
    line: lineOf(name),
    count,
    ...(RESUMED.includes(name) ? { resumed: true } : {}),
  }));
  for (const { calls } of run.index) {
    assert.deepEqual(calls?.filter((it) => it.file === file), expected);
  }
}

/** A profile keeps the calls, and callgrind_annotate says by how many a function was entered. */
async function checkCallgrind(directory: string): Promise<void> {
  const profile = (await readdir(directory)).find((it) => it.endsWith(".cpuprofile"))!;
  const name = profile.replace(/\.cpuprofile$/, ".callgrind");
  await new Started([...forms.executable, "convert", join(directory, profile), "--format", "callgrind"])
    .ended;
  const text = await readFile(join(directory, name), "utf8");
  try {
    for (const [own, count] of Object.entries(CALLS)) {
      assert.equal(callsIn(text, own), count, `${own} in ${name}`);
    }
    if (!hasCallgrind) return;
    const annotated = execFileSync("callgrind_annotate", [
      "--tree=caller",
      "--threshold=100",
      "--inclusive=yes",
      join(directory, name),
    ], { encoding: "utf8" });
    assert.equal(annotatedCalls(annotated, "handle"), CALLS["handle"], annotated);
  } finally {
    await rm(join(directory, name));
  }
}

/** The calls of all callers of a function. */
function callsIn(text: string, own: string): number {
  const names = new Map<string, string>();
  let [sum, callee] = [0, ""];
  for (const line of text.split("\n")) {
    const [, key, id, name] = /^(fn|cfn)=\((\d+)\)(?: (.*))?$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined) names.set(id, name);
    if (key === "cfn") callee = names.get(id!)!;
    const calls = /^calls=(\d+)/.exec(line)?.[1];
    if (calls !== undefined && callee === own) sum += Number(calls);
  }
  return sum;
}

/** By how many calls callgrind_annotate says that a function was entered: `< caller (12x)` above its own line with `*`. */
function annotatedCalls(text: string, own: string): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    const calls = /<.*\((\d+(?:,\d+)*)x\)/.exec(line)?.[1];
    if (calls !== undefined) sum += Number(calls.replaceAll(",", ""));
    else if (/\*/.test(line) && new RegExp(`:${own}(?:\\s|$)`).test(line)) return sum;
    else sum = 0;
  }
  return NaN;
}

async function checkReport(directory: string): Promise<void> {
  const report = new Started([...forms.executable, "report", directory, "--json"]);
  const { stdout } = await report.ended;
  const { routes, notes } = JSON.parse(stdout);
  const called = routes[0].calls.filter((it: { function: string }) => it.function in CALLS);
  assert.deepEqual(
    called.map((it: Record<string, unknown>) => [it["function"], it["count"], it["requests"], it["of"]]),
    Object.entries(CALLS).map(([name, count]) => [name, count, REQUESTS, REQUESTS]),
  );
  assert.ok(notes.some((it: string) => it.startsWith("Calls are counted (--calls)")), notes.join("\n"));
}

/** The page lists the functions of the run with the calls of all requests, those that no sample saw, too. */
async function checkView(directory: string): Promise<void> {
  const started = new Started([...forms.executable, "view", directory, "--no-open"]);
  try {
    const viewing = await Viewing.printedBy(started);
    await viewing.until(({ requests }) => requests === REQUESTS);
    const { own, all } = await viewing.ask("functions", {});
    for (const functions of [own, all]) {
      const calls = functions.map((it) => [it.function, it.callCount]);
      for (const [name, count] of Object.entries(CALLS)) {
        assert.deepEqual(calls.filter(([it]) => it === name), [[name, REQUESTS * count]]);
      }
    }
  } finally {
    started.child.kill("SIGKILL");
    await started.ended;
  }
}

for (const runtime of await runtimes()) {
  const about = `${runtime.kind} ${runtime.version}`;
  Deno.test(`calls are counted exactly in index, callgrind, report and view, on ${about}`, async () => {
    const file = appPath("calls.cjs");
    const run = await served(commandFor(runtime, file), async (directory) => {
      await checkCallgrind(directory);
      await checkReport(directory);
      await checkView(directory);
    });
    checkIndex(run, { file, text: await readFile(file, "utf8") });
    assert.match(run.stderr, /counting calls slows the server/);
    assert.match(run.stderr, /ms \(slowed by --calls\) = /);
    assert.match(run.stderr, /\nCalls are counted \(--calls\), which slows the server/);
    assert.match(run.record.calls, /slows/);
  });

  // Deno lets no profiler into its workers.
  const isWorker = runtime.kind === "node";
  const where = isWorker ? "in a worker, made from TypeScript," : "in TypeScript";
  Deno.test(`calls of a server ${where} are counted where they were written, on ${about}`, async () => {
    const project = await realpath(await mkdtemp(join(tmpdir(), "calls-")));
    try {
      const file = join(project, "calls.cts");
      const lines = (await readFile(appPath("calls.cjs"), "utf8")).split("\n");
      const typed = ["interface Unused { readonly a: number }", "", ...lines].join("\n")
        .replace("recursive(depth)", "recursive(depth: number): number");
      await writeFile(file, typed);
      const made = join(project, "dist", "calls.cjs");
      const args = [esbuild, file, "--sourcemap", "--format=cjs", `--outfile=${made}`, "--log-level=error"];
      if (isWorker) await promisify(execFile)("node", args);
      const run = await served(commandFor(runtime, ...isWorker ? [made, "worker"] : [file]));
      assert.ok(run.index.every(({ tid }) => isWorker === tid > 0));
      checkIndex(run, { file, text: typed });
    } finally {
      await rm(project, { recursive: true, force: true });
    }
  });

  Deno.test(`of a request and one that it makes of its own server each has its calls, on ${about}`, async () => {
    const run = await profiled(commandFor(runtime, appPath("calls.cjs")), async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await Promise.all([ask(port, "/asks"), ask(port, "/called")]);
      started.kill("SIGTERM");
    }, { options: ["--calls"] });
    const counts = run.index.map(({ path, calls }) => [
      path,
      ...["calledOften", "handle"].map((name) => calls?.find((it) => it.function === name)?.count),
    ]);
    assert.deepEqual(counts.sort(), [["/asked", 1234, 2], ["/asks", 1234, 3], ["/called", 1234, 2]]);
  });
}

for (const runtime of await runtimes()) {
  Deno.test(`generators, methods and functions of one name are counted on ${runtime.kind} ${runtime.version}`, async () => {
    const file = appPath("call_kinds.cjs");
    const run = await served(commandFor(runtime, file));
    assert.ok(run.index.length > 0);
    for (const { calls } of run.index) {
      const own = (calls ?? []).filter((it) => it.file === file && it.function !== "");
      assert.deepEqual(own.map((it) => `${it.function}:${it.line} ${it.count}`).sort(), [
        // V8 counts the call, and each time that it goes on.
        "counting:4 52",
        "get got:11 17",
        "method:8 1234",
        "ofClass:14 17",
        "twin:19 1234",
        "twin:24 17",
      ]);
    }
  });
}
