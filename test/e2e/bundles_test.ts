/** The hot functions of minified bundles have the names, files and lines of their sources, whoever bundled them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { routes } from "../support/compatibility.ts";
import { checkLaws, type CpuProfile } from "../support/laws.ts";
import { checkBurner, checkPlaces, placesOf, work } from "../support/places.ts";
import { appPath, ask, contentOf, profiled } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, type Runtime, runtimes } from "../support/runtimes.ts";

const nodes = (await runtimes()).filter(({ kind }) => kind === "node");
const bundlers = ["rollup", "twice", "vite", "webpack"] as const;

/** The typed server with a bundle of each bundler in `dist`, made on the newest Node. */
async function bundled(installed: string): Promise<string> {
  const project = await realpath(await mkdtemp(join(tmpdir(), "bundled server ")));
  await cp(appPath("typed"), project, { recursive: true });
  await Promise.all(bundlers.map(async (bundler) => {
    const directory = join(project, "dist", bundler);
    await mkdir(directory, { recursive: true });
    const args = [join(installed, "build.mjs"), bundler, join(project, "src", "server.ts"), directory];
    await promisify(execFile)(nodes.at(-1)!.path, args, { cwd: installed });
  }));
  return project;
}

async function checkBundle(node: Runtime, project: string, bundler: string): Promise<void> {
  const command = [node.path, join(project, "dist", bundler, "server.cjs")];
  const run = await profiled(command, async (started) => {
    const port = Number((await started.printed(/port (\d+)\n/))[1]);
    assert.equal((await ask(port, "/")).status, 200);
    started.kill("SIGTERM");
  }, { options: ["--interval", "500"] });
  checkLaws(run);
  const { nodes } = JSON.parse(contentOf(run, run.files[0]!)) as CpuProfile;
  await checkPlaces(placesOf(nodes.map(({ callFrame }) => callFrame), project), work);
}

/** A server of Express in TypeScript: what is made of it in its project, and what Node is started with. */
interface Build {
  readonly name: string;
  /** The arguments of a tool. */
  readonly made?: (directory: string) => readonly string[];
  readonly args: readonly string[];
}

const modules = join(import.meta.dirname!, "..", "..", "node_modules");
const BUNDLE = ["server.ts", "--bundle", "--minify", "--sourcemap", "--platform=node", "--log-level=error"];
const TSC = [
  "server.ts",
  "--outDir",
  "dist/tsc",
  "--sourceMap",
  "--module",
  "nodenext",
  "--target",
  "es2022",
];
const names = { rollup: "Rollup", twice: "Rollup over Rollup", vite: "Vite 8, built", webpack: "webpack" };

const builds: readonly Build[] = [
  ...bundlers.map((it) => ({
    name: `${names[it]}, minified`,
    made: (directory: string) => [
      join(directory, "build.mjs"),
      it,
      join(directory, "server.ts"),
      join(directory, "dist", it),
    ],
    args: [`dist/${it}/server.cjs`],
  })),
  {
    name: "esbuild, minified, with Express in the bundle",
    made: () => [join(modules, "esbuild", "bin", "esbuild"), ...BUNDLE, "--outfile=dist/esbuild/server.cjs"],
    args: ["dist/esbuild/server.cjs"],
  },
  {
    name: "tsc",
    made: () => [
      join(modules, "typescript", "bin", "tsc"),
      ...TSC,
      "--noCheck",
      "--rewriteRelativeImportExtensions",
    ],
    args: ["dist/tsc/server.js"],
  },
  { name: "tsx", args: [join(modules, "tsx", "dist", "cli.mjs"), "server.ts"] },
  { name: "Node's own type stripping", args: ["server.ts"] },
];

const asked = [
  ["/things/blue", "/things/:name"],
  ["/things/blue/parts/red", "/things/:name/parts/:part"],
  ["/things/blue/failing", "/things/:name/failing"],
] as const;

async function checkBuild({ made, args }: Build, node: Runtime, installed: string): Promise<void> {
  const cwd = await realpath(installed);
  if (made !== undefined) await promisify(execFile)(node.path, [...made(cwd)], { cwd });
  const run = await profiled([node.path, ...args], async (started) => {
    const port = Number((await started.printed(/port (\d+)\n/))[1]);
    for (const [path] of asked) await ask(port, path, { agent: false });
    started.kill("SIGTERM");
  }, { cwd });
  checkLaws(run);
  assert.deepEqual(run.index.map(({ path, route }) => [path, route]), asked);
  assert.deepEqual(run.index.map(({ status }) => status), [200, 200, 500]);
  checkBurner(run, run.index, join(cwd, "burn.ts"));
}

const installed = await installedProject("bundlers");
if (installed === undefined) {
  missing("minified bundles", "test/projects/bundlers is not installed: MATRIX=all does that");
} else {
  const newest = nodes.at(-1);
  for (const build of newest !== undefined && Number.parseInt(newest.version) >= 26 ? builds : []) {
    routes(`Express 5: ${build.name}`, newest!, "pattern", () => checkBuild(build, newest!, installed));
  }
  Deno.test("functions of minified bundles stand where they were written", async (test) => {
    const project = await bundled(installed);
    try {
      for (const node of nodes) {
        for (const bundler of bundlers) {
          await test.step(`${bundler} on node ${node.version}`, () => checkBundle(node, project, bundler));
        }
      }
    } finally {
      await rm(project, { recursive: true, force: true });
    }
  });
}
