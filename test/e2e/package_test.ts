/** The npm package, as people get it: packed, installed or fetched from a registry, and run by npx, Deno, pnpm and Yarn. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { insideSpeedscope } from "../../build/inside_speedscope.ts";
import config from "../../deno.json" with { type: "json" };
import type { IndexEntry } from "../../src/store/entry.ts";
import { appPath, Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { registryOf } from "../support/registry.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const archive = join(import.meta.dirname!, "..", "..", "dist", `profsrv-${config.version}.tgz`);
const run = promisify(execFile);

const manifest = JSON.parse((await run("tar", ["-xzOf", archive, "package/package.json"])).stdout);

/** What a package manager finds in the environment: nothing of the user's. */
function cleanEnv(directory: string): Record<string, string> {
  return {
    HOME: directory,
    NPM_CONFIG_CACHE: join(directory, "cache"),
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    DENO_DIR: join(directory, "deno"),
    YARN_GLOBAL_FOLDER: join(directory, "yarn"),
    YARN_ENABLE_TELEMETRY: "0",
  };
}

/** An empty project with a server in it, for as long as `use` needs it. */
async function inProject(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "package-test-")));
  try {
    await writeFile(join(directory, "package.json"), JSON.stringify({ private: true }));
    await cp(appPath("hello.cjs"), join(directory, "server.cjs"));
    const ask = `fetch("http://127.0.0.1:" + process.env.PORT + "/asked").then((it) => it.text())`;
    await writeFile(join(directory, "ask.cjs"), ask);
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Asks a server once under the profsrv that the words start: the request is profiled, and all ends with code 0. */
async function checkOneRequest(
  words: readonly string[],
  { directory, node, env = {} }: {
    readonly directory: string;
    readonly node: string;
    readonly env?: Record<string, string>;
  },
): Promise<void> {
  const profiles = await mkdtemp(join(directory, "profiles-"));
  const options = ["--prof-path", profiles, "--on-listen", "node ask.cjs", "--", "node", "server.cjs"];
  const PATH = dirname(node) + delimiter + process.env["PATH"];
  const { code, stderr } = await new Started([...words, ...options], {
    cwd: directory,
    env: { ...cleanEnv(directory), PATH, ...env },
  }).ended;
  assert.equal(code, 0, stderr);
  const lines = (await readFile(join(profiles, "index.ndjson"), "utf8")).trim().split("\n");
  const entries = lines.map((it) => JSON.parse(it) as IndexEntry);
  assert.deepEqual(entries.map(({ path, status }) => [path, status]), [["/asked", 200]]);
  const names = await readdir(profiles);
  assert.equal(names.filter((it) => it.startsWith("asked.") && it.endsWith(".cpuprofile")).length, 1);
}

Deno.test("the npm package is the script, its README and licences, and nothing runs when it is installed", async () => {
  const { stdout } = await run("tar", ["-tzf", archive]);
  assert.deepEqual(stdout.trim().split("\n").sort(), [
    "package/LICENSE",
    "package/README.md",
    "package/THIRD-PARTY-LICENSES.txt",
    "package/package.json",
    "package/profsrv.1",
    "package/profsrv.mjs",
  ]);
  const { name, version, bin, engines, scripts, dependencies, optionalDependencies, peerDependencies } =
    manifest;
  assert.deepEqual({ name, version, bin, engines }, {
    name: "profsrv",
    version: config.version,
    bin: { profsrv: "profsrv.mjs" },
    engines: { node: ">=18" },
  });
  const absent = { scripts, dependencies, optionalDependencies, peerDependencies };
  assert.deepEqual(Object.values(absent).filter((it) => it !== undefined), []);
});

Deno.test("the licences in the npm package are those of all packages that profsrv.mjs holds", async () => {
  const { stdout } = await run("tar", ["-xzOf", archive, "package/THIRD-PARTY-LICENSES.txt"]);
  const named = Array.from(stdout.matchAll(/^={72}\n(\S+) [\d.]+ \(\S+\)\n={72}\n\n\S/gm), ([, it]) => it);
  const script = (await run("tar", ["-xzOf", archive, "package/profsrv.mjs"], { maxBuffer: 1e8 })).stdout;
  const inside = script.matchAll(/^\/\/ node_modules\/.*node_modules\/((?:@[^/\n]+\/)?[^/\n]+)/gm);
  const expected = new Set(Array.from(inside, ([, it]) => it));
  assert.ok(expected.size > 5, `${expected.size} packages`);
  for (const name of expected) assert.ok(named.includes(name), `${name} is missing`);
});

Deno.test("the licences of what speedscope's script holds are in the npm package, for the version that is bundled", async () => {
  const { stdout } = await run("tar", ["-xzOf", archive, "package/THIRD-PARTY-LICENSES.txt"]);
  const { packages, text } = await insideSpeedscope();
  assert.ok(packages.length >= 20 && stdout.includes(text), `${packages.length} packages`);
  const project = join(import.meta.dirname!, "..", "..", "node_modules", "speedscope");
  const { devDependencies } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
  for (const { name, version } of packages) assert.equal(version, devDependencies[name], name);
  const script = (await readdir(join(project, "dist", "release"))).find((it) =>
    /^speedscope-.*\.js$/.test(it)
  )!;
  const code = await readFile(join(project, "dist", "release", script), "utf8");
  // Where one of these is gone, or jszip is in it, the list is to be looked at again.
  for (const sign of ["SourceMapConsumer", "incorrect header check", "jfrview_bg.wasm"]) {
    assert.ok(code.includes(sign), sign);
  }
  assert.ok(!code.includes("JSZip"));
});

const found = await runtimes();
const nodes = found.filter(({ kind }) => kind === "node");
const deno = found.findLast(({ kind }) => kind === "deno")!;

/** npx as words, on the Node that npm itself runs on: npm need not run on the Node under test, what it starts does. */
async function npx(): Promise<string[]> {
  const print = `node -p "process.env.npm_node_execpath + '|' + process.env.npm_execpath"`;
  const { stdout } = await run("npm", ["exec", "-c", print]);
  const [node = "", npm = ""] = stdout.trim().split("|");
  return [node, join(dirname(npm), "npx-cli.js")];
}

const npxWords = await npx();

for (const { path, version } of nodes) {
  Deno.test(`npx runs the installed package on Node ${version}, without a network`, () =>
    inProject(async (directory) => {
      const env = { ...process.env, ...cleanEnv(directory) };
      const options = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];
      await run("npm", ["install", ...options, archive], { cwd: directory, env });
      assert.deepEqual(await installedNames(directory), ["profsrv"]);
      await checkOneRequest([...npxWords, "--no-install", "profsrv"], { directory, node: path });
    }));
}

const verdaccio = await installedProject("registry");
if (verdaccio === undefined) {
  missing("the package from a registry", "Verdaccio is downloaded with MATRIX=all only");
} else {
  Deno.test("npx and Deno fetch the package from a registry and run it", () =>
    inProject(async (directory) => {
      const kept = await mkdtemp(join(tmpdir(), "registry-test-"));
      const registry = await registryOf(archive, { project: verdaccio, directory: kept });
      try {
        const env = { NPM_CONFIG_REGISTRY: registry.url };
        const node = nodes.at(-1)!.path;
        await checkOneRequest([...npxWords, "--yes", "profsrv"], { directory, node, env });
        // Deno 2.9 leaves alone what was published less than a day ago, unless it is told.
        const denoWords = [deno.path, "run", "-A", "--minimum-dependency-age=0", "npm:profsrv"];
        await checkOneRequest(denoWords, { directory, node, env });
        assert.deepEqual(await installedNames(directory), [], "neither leaves anything in the project");
      } finally {
        await registry.close();
        await rm(kept, { recursive: true, force: true });
      }
    }));
}

/** Package managers beside npm: how each installs the archive, and how it runs what a package brings. */
const others: readonly { name: string; program: string; add: string[]; exec: string[] }[] = [
  { name: "pnpm", program: "pnpm/bin/pnpm.cjs", add: ["add", "--offline", archive], exec: ["exec"] },
  {
    name: "Yarn with Plug'n'Play",
    program: "@yarnpkg/cli-dist/bin/yarn.js",
    add: ["add", `profsrv@file:${archive}`],
    exec: ["exec"],
  },
];

const managers = await installedProject("package_managers");
if (managers === undefined) {
  missing("the package in projects of pnpm and Yarn", "they are downloaded with MATRIX=all only");
}
for (const { name, program, add, exec } of managers === undefined ? [] : others) {
  Deno.test(`${name} installs the package and runs it`, () =>
    inProject(async (directory) => {
      await writeFile(join(directory, "yarn.lock"), "");
      const [node = ""] = npxWords;
      const words = [node, join(managers!, "node_modules", program)];
      const env = { ...process.env, ...cleanEnv(directory) };
      await run(words[0]!, [...words.slice(1), ...add], { cwd: directory, env });
      await checkOneRequest([...words, ...exec, "profsrv"], { directory, node });
    }));
}

/** The packages in a project's node_modules. */
async function installedNames(directory: string): Promise<string[]> {
  const names = await readdir(join(directory, "node_modules")).catch(() => []);
  return names.filter((it) => !it.startsWith("."));
}
