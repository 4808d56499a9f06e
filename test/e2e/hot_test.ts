/** `hot` in the index names the application's function that took most of a request. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { IndexEntry } from "../../src/store/entry.ts";
import { appPath, ask, profiled } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const esbuild = join(import.meta.dirname!, "..", "..", "node_modules", "esbuild", "bin", "esbuild");

const LIBRARIES = {
  outer: `import { inner } from "inner"; export function outer(act) { return inner(() => act()); }`,
  inner: `export function inner(act) { return [act].map((it) => it())[0]; }`,
};

/** The project, transpiled with a map beside each file, and its two libraries. */
async function makeProject(): Promise<string> {
  const project = await realpath(await mkdtemp(join(tmpdir(), "hot-")));
  await cp(appPath("hot"), project, { recursive: true });
  const json = (value: object) => JSON.stringify({ type: "module", ...value });
  await writeFile(join(project, "package.json"), json({}));
  for (const [name, text] of Object.entries(LIBRARIES)) {
    const folder = join(project, "node_modules", name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), json({ name, version: "1.0.0", exports: "./index.js" }));
    await writeFile(join(folder, "index.js"), text);
  }
  const args = [
    esbuild,
    "src/server.ts",
    "--outdir=dist",
    "--sourcemap",
    "--format=esm",
    "--log-level=error",
  ];
  await promisify(execFile)("node", args, { cwd: project });
  return project;
}

const REQUESTS = 100;
const functions = ["alpha", "beta", "gamma", "delta"];

/** Who shares the processor with others gets few samples in 20 ms, or none: V8's sampling thread then waits for up to 70 ms. */
const FEWEST_SAMPLES = 8;
/** Milliseconds: who took so much has mostly waited for the processor, perhaps in what Node does for the first request. */
const MOST_CPU = 40;

/**
 * Until V8 has optimized a function it may give most of its samples to the one that calls it: the top of the stack is lost while
 * Sparkplug's code runs builtins, on every version. So many requests that may last.
 */
const UNTIL_OPTIMIZED = 40;

async function namesAll({ path, kind }: Runtime): Promise<void> {
  const project = await makeProject();
  try {
    const file = join(project, "src", "server.ts");
    const source = (await readFile(file, "utf8")).split("\n");
    const command = kind === "deno" ? [path, "run", "-A", "dist/server.js"] : [path, "dist/server.js"];
    const run = await profiled(command, async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (let at = 0; at < REQUESTS; at++) await ask(port, `/${functions[at % 4]}`);
      started.kill("SIGTERM");
    }, { cwd: project, options: ["--max-files", "0"] });
    assert.equal(run.index.length, REQUESTS);
    const isSeen = ({ samples, cpu }: IndexEntry) => samples >= FEWEST_SAMPLES && cpu < MOST_CPU;
    assert.ok(run.index.filter(isSeen).length >= REQUESTS / 2, "hardly any request has samples");
    const isRight = ({ path, hot }: IndexEntry, at: number): boolean => {
      const name = `burn${path[1]!.toUpperCase()}${path.slice(2)}`;
      const line = source.findIndex((it) => it.includes(name) && /[({]/.test(it) && !it.includes('": ')) + 1;
      if (hot?.file !== file) return false;
      if (hot.function.replace(/^Gamma\./, "") === name && hot.line === line) return true;
      return at < UNTIL_OPTIMIZED && hot.function === "";
    };
    const wrong = run.index.filter((it, at) => isSeen(it) && !isRight(it, at));
    assert.deepEqual(wrong.map(({ path, hot, samples, cpu }) => ({ path, hot, samples, cpu })), []);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

for (const runtime of await runtimes()) {
  Deno.test(
    `hot names the right function in 100 requests, in the first ones its caller at worst, through libraries, from TypeScript, on ${runtime.kind} ${runtime.version}`,
    () => namesAll(runtime),
  );
}
