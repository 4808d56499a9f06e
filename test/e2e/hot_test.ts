/** `hot` in the index names the application's function that took most of a request. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
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

/**
 * The first request of a server takes as long for what Node does for the first time, and while V8 compiles a function better it sometimes
 * gives a sample of it to the one that calls it.
 */
const WARM_UP = 40;

const functions = ["alpha", "beta", "gamma", "delta"];

async function namesAll({ path, kind }: Runtime): Promise<void> {
  const project = await makeProject();
  try {
    const source = (await readFile(join(project, "src", "server.ts"), "utf8")).split("\n");
    const command = kind === "deno" ? [path, "run", "-A", "dist/server.js"] : [path, "dist/server.js"];
    const run = await profiled(command, async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (let at = 0; at < WARM_UP + 100; at++) await ask(port, `/${functions[at % 4]}`);
      started.kill("SIGTERM");
    }, { cwd: project, options: ["--max-files", "0"] });
    assert.equal(run.index.length, WARM_UP + 100);
    // Who shares the processor with others may get no sample, or hardly any, in 20 ms: V8's sampling thread then sleeps for up to 70 ms.
    const seen = run.index.slice(WARM_UP).filter(({ samples }) => samples >= 5);
    assert.ok(seen.length >= 50, `${seen.length} of 100 requests have samples`);
    const wrong = seen.filter(({ path, hot }) => {
      const name = `burn${path[1]!.toUpperCase()}${path.slice(2)}`;
      const line = source.findIndex((it) =>
        it.includes(`${name}`) && /[({]/.test(it) && !it.includes('": ')
      ) + 1;
      return hot?.function.replace(/^Gamma\./, "") !== name || hot.line !== line ||
        hot.file !== join(project, "src", "server.ts");
    });
    assert.deepEqual(wrong.map(({ path, hot, samples }) => ({ path, hot, samples })), []);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

for (const runtime of await runtimes()) {
  Deno.test(
    `hot names the right function in 100 requests, through libraries, from TypeScript, on ${runtime.kind} ${runtime.version}`,
    () => namesAll(runtime),
  );
}
