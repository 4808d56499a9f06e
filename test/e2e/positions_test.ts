/** Profiles name functions where they were written, whatever was made of the sources. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import process from "node:process";
import { denoDirectory as findDenoDirectory } from "../../src/sources/deno_cache.ts";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";
import { decodeV8 } from "../../src/profile/decode_v8.ts";
import type { Frame } from "../../src/profile/model.ts";
import { originalPositions } from "../../src/profile/original_positions.ts";
import { parseCallgrind } from "../formats/readers/callgrind.ts";
import { type CpuProfile, seenRun } from "../support/laws.ts";
import { appPath, ask, contentOf, profiled, type ProfiledOptions, type Run } from "../support/profiled.ts";
import { checkPlaces, lineOf, placesOf, work, type Written } from "../support/places.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const modules = join(import.meta.dirname!, "..", "..", "node_modules");
const tools = {
  tsc: join(modules, "typescript", "bin", "tsc"),
  esbuild: join(modules, "esbuild", "bin", "esbuild"),
  tsx: join(modules, "tsx", "dist", "cli.mjs"),
};

/** Runs a tool in the project. */
type Build = (tool: keyof typeof tools, ...args: string[]) => Promise<void>;

/** A way from sources to a running server. */
interface Kind {
  readonly name: string;
  readonly type: "module" | "commonjs";
  /** Makes what is run of the sources. */
  prepare?(project: string, build: Build): Promise<void>;
  /** What node is started with. */
  readonly args: readonly string[];
  /** The functions that must be named, if not those of `work`. */
  readonly shows?: readonly Written[];
  /** Runtimes that have this; all, if absent. */
  isFor?(node: Runtime): boolean;
}

const server: readonly Written[] = [
  ...work,
  ["answerRequest", "src/server.ts", "answerRequest:"],
  ["", "src/server.ts", "(x: number): number"],
];
const page: readonly Written[] = [
  ["RenderPage", "src/page.tsx", "RenderPage ="],
  ["element", "src/page.tsx", "function element("],
];

const TSC = [
  "--rootDir",
  "src",
  "--outDir",
  "dist",
  "--module",
  "nodenext",
  "--target",
  "es2022",
  "--noCheck",
];
const REWRITE = ["--rewriteRelativeImportExtensions", "src/server.ts"];
const BUNDLE = ["src/server.ts", "--bundle", "--minify", "--platform=node", "--log-level=error"];

const kinds: readonly Kind[] = [
  {
    name: "tsc with external maps",
    type: "module",
    prepare: (_, build) => build("tsc", ...TSC, "--sourceMap", ...REWRITE),
    args: ["dist/server.js"],
  },
  {
    name: "tsc with inline maps, as CommonJS",
    type: "commonjs",
    prepare: (_, build) => build("tsc", ...TSC, "--inlineSourceMap", ...REWRITE),
    args: ["dist/server.js"],
  },
  {
    name: "tsc with external maps that node itself uses",
    type: "module",
    prepare: (_, build) => build("tsc", ...TSC, "--sourceMap", ...REWRITE),
    args: ["--enable-source-maps", "dist/server.js"],
  },
  {
    name: "esbuild with an external map, minified",
    type: "commonjs",
    prepare: (_, build) => build("esbuild", ...BUNDLE, "--sourcemap", "--outfile=dist/bundle.js"),
    args: ["dist/bundle.js"],
  },
  {
    name: "esbuild with an inline map, minified, as a module",
    type: "module",
    prepare: (_, build) =>
      build("esbuild", ...BUNDLE, "--sourcemap=inline", "--format=esm", "--outfile=dist/bundle.mjs"),
    args: ["dist/bundle.mjs"],
  },
  {
    name: "a bundle of sections with an index map",
    type: "commonjs",
    prepare: sections,
    args: ["dist/all.js"],
  },
  { name: "tsx in memory", type: "module", args: [tools.tsx, "src/server.ts"] },
  { name: "tsx in memory, as CommonJS", type: "commonjs", args: [tools.tsx, "src/server.ts"] },
  { name: "JSX with tsx", type: "module", args: [tools.tsx, "src/page_server.ts"], shows: page },
  { name: "swc in memory", type: "commonjs", args: ["--require", "@swc-node/register", "src/server.ts"] },
  {
    name: "tsc in memory, by a loader that tells nobody",
    type: "module",
    args: ["--import", pathToFileURL(appPath("transpiler.mjs")).href, "src/server.ts"],
  },
  {
    name: "node's own type stripping",
    type: "module",
    args: ["src/server.ts"],
    isFor: ({ version }) => Number.parseInt(version) >= 22,
  },
];

/** Two scripts one after the other in one file, and their maps as sections of one. */
async function sections(project: string, build: Build): Promise<void> {
  const shared = [
    "--format=cjs",
    "--sourcemap",
    "--minify",
    "--platform=node",
    "--outdir=dist",
    "--log-level=error",
  ];
  await build("esbuild", "src/work.ts", "src/server.ts", ...shared);
  const line = (text: string) => text.split("\n")[0]!;
  const read = (name: string) => readFile(join(project, "dist", name), "utf8");
  const text = [
    "const work = {}, parts = { './work.ts': (module) => {",
    line(await read("work.js")),
    "}}; const own = { exports: work }; parts['./work.ts'](own); ((require) => {",
    line(await read("server.js")),
    "})((name) => name === './work.ts' ? own.exports : require(name));",
    "//# sourceMappingURL=all.js.map",
  ];
  const section = async (line: number, name: string) => ({
    offset: { line, column: 0 },
    map: JSON.parse(await read(name)),
  });
  const map = { version: 3, sections: [await section(1, "work.js.map"), await section(3, "server.js.map")] };
  await writeFile(join(project, "dist", "all.js"), text.join("\n"));
  await writeFile(join(project, "dist", "all.js.map"), JSON.stringify(map));
}

/** A copy of the typed server, in a directory with a space in its name. */
async function inProject(
  kind: Pick<Kind, "type" | "prepare">,
  node: Runtime,
  use: (project: string) => Promise<void>,
): Promise<void> {
  const project = await realpath(await mkdtemp(join(tmpdir(), "typed server ")));
  try {
    await cp(appPath("typed"), project, { recursive: true });
    await mkdir(join(project, "dist"));
    await symlink(modules, join(project, "node_modules"), "junction");
    await writeFile(join(project, "package.json"), JSON.stringify({ type: kind.type }));
    await kind.prepare?.(project, async (tool, ...args) => {
      const built = promisify(execFile)(node.path, [tools[tool], ...args], { cwd: project });
      await built.catch((error) => assert.fail(error.stdout + error.stderr));
    });
    await use(project);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** A run with one request in whose profile all of these functions are, wherever. Its laws are checked. */
function oneRequest(
  command: readonly string[],
  shows: readonly Written[],
  options: ProfiledOptions,
): Promise<Run> {
  const make = () =>
    profiled(command, async (started) => {
      const port = Number((await started.printed(/port (\d+)\n/))[1]);
      assert.equal((await ask(port, "/")).status, 200);
      started.kill("SIGTERM");
    }, options);
  return seenRun(make, shows.map(([name]) => name).join(", "), (run) => {
    const text = contentOf(run, run.files[0]!);
    return shows.every(([name]) => text.includes(name));
  });
}

const all = await runtimes();
const [node] = all.filter(({ kind }) => kind === "node");
if (node === undefined) throw new Error("these tests need a node on the PATH");

const nodes = all.filter(({ kind }) => kind === "node");

for (const kind of kinds) {
  const own = nodes.filter((it) => kind.isFor?.(it) !== false);
  if (own.length === 0) continue;
  Deno.test(`functions stand where they were written: ${kind.name}`, (test) =>
    // What is made of the sources is the same on every Node.
    inProject(kind, nodes.at(-1)!, async (project) => {
      for (const node of own) {
        await test.step(`on node ${node.version}`, async () => {
          const command = [node.path, ...kind.args];
          const shows = kind.shows ?? server;
          const run = await oneRequest(command, shows, { cwd: project, options: ["--interval", "500"] });
          const { nodes } = JSON.parse(contentOf(run, run.files[0]!)) as CpuProfile;
          const places = placesOf(nodes.map(({ callFrame }) => callFrame), project);
          await checkPlaces(places, shows);
        });
      }
    }));
}

/** What Deno says of a program that profiles itself, as the wrapper would see it of a server. */
async function denoFrames(deno: Runtime, project: string, denoDir?: string): Promise<readonly Frame[]> {
  const own = { HOME: join(project, "home"), ...(denoDir === undefined ? {} : { DENO_DIR: denoDir }) };
  const { DENO_DIR: _, XDG_CACHE_HOME: __, ...rest } = process.env;
  const args = ["run", "--no-config", "--allow-all", "--quiet", "src/recorded.ts"];
  const options = { cwd: project, env: { ...rest, ...own }, maxBuffer: 100_000_000 };
  const { stdout } = await promisify(execFile)(deno.path, args, options);
  const denoDirectory = findDenoDirectory(options.env, process.platform, own.HOME);
  const sources = new ProcessSources(new Sources({ denoDirectory, onDebug: assert.fail }));
  sources.isDeno = true;
  return originalPositions((frame) => sources.originalOf(frame))(decodeV8(JSON.parse(stdout))).frames;
}

for (const deno of all.filter(({ kind }) => kind === "deno")) {
  for (const denoDir of ["deno dir", undefined]) {
    const where = denoDir === undefined ? "its usual directory" : "DENO_DIR";
    Deno.test(`deno ${deno.version}: functions stand where they were written: emitted into ${where}`, () =>
      inProject({ type: "module" }, deno, async (project) => {
        const frames = await denoFrames(deno, project, denoDir && join(project, denoDir));
        const places = placesOf(
          frames.map(({ name, url, line }) => ({ functionName: name, url, lineNumber: line })),
          project,
        );
        await checkPlaces(places, [...work, ...page, ["", "src/recorded.ts", "(x: number): number"]]);
      }));
  }
}

for (const deno of all.filter(({ kind }) => kind === "deno")) {
  Deno.test(`deno ${deno.version}: functions stand where they were written: a server of its own`, () =>
    inProject({ type: "module" }, deno, async (project) => {
      const env = { DENO_DIR: join(project, "deno dir") };
      const command = [deno.path, "run", "--allow-all", "--no-config", "--quiet", "src/deno_server.ts"];
      const answer: Written = ["answerRequest", "src/deno_server.ts", "answerRequest ="];
      const shows = [...work, ...page, answer];
      const run = await oneRequest(command, shows, { cwd: project, env, options: ["--interval", "500"] });
      const { nodes } = JSON.parse(contentOf(run, run.files[0]!)) as CpuProfile;
      await checkPlaces(placesOf(nodes.map(({ callFrame }) => callFrame), project), shows);
    }));
}

Deno.test("a broken map costs one line for whoever looks for a fault, and nothing else", () =>
  inProject(kinds[0]!, node, async (project) => {
    await writeFile(join(project, "dist", "work.js.map"), "{");
    await rm(join(project, "dist", "server.js.map"));
    const command = [node.path, "dist/server.js"];
    for (const PROFSRV_DEBUG of ["1", ""]) {
      const run = await oneRequest(command, work.slice(0, 1), { cwd: project, env: { PROFSRV_DEBUG } });
      const { nodes } = JSON.parse(contentOf(run, run.files[0]!)) as CpuProfile;
      const places = placesOf(nodes.map(({ callFrame }) => callFrame), project);
      assert.ok(
        [...places].some((place) => place.startsWith("burnMethod dist/work.js:")),
        [...places].join(),
      );
      const said = run.stderr.split("\n").filter((line) => line.includes("source map"));
      assert.equal(said.length, PROFSRV_DEBUG === "" ? 0 : 2, run.stderr);
      assert.ok(
        said.every((line) => /^profsrv: Cannot use the source map of "[^"]+": ./.test(line)),
        said.join(),
      );
    }
  }));

Deno.test("the text formats name originals too, and count lines from 1", () =>
  inProject(kinds[0]!, node, async (project) => {
    const options = ["--format", "callgrind,folded,speedscope"];
    const run = await oneRequest([node.path, "dist/server.js"], work.slice(0, 1), { cwd: project, options });
    const line = await lineOf("src/work.ts", "burnMethod(") + 1;
    const text = (extension: string) => contentOf(run, run.files.find((name) => name.endsWith(extension))!);
    const { functions } = parseCallgrind(text(".callgrind"));
    const burn = functions.find(({ name }) => name.startsWith("burnMethod"));
    assert.deepEqual([burn?.file, burn?.line], [join(project, "src", "work.ts"), line]);
    assert.match(text(".folded"), /burnMethod/);
    assert.match(
      text(".speedscope.json"),
      new RegExp(`"name":"burnMethod","file":"[^"]*/src/work.ts","line":${line}`),
    );
  }));
