/** The hot functions of minified bundles have the names, files and lines of their sources, whoever bundled them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkLaws, type CpuProfile } from "../support/laws.ts";
import { checkPlaces, placesOf, work } from "../support/places.ts";
import { appPath, ask, contentOf, profiled } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, type Runtime, runtimes } from "../support/runtimes.ts";

const nodes = (await runtimes()).filter(({ kind }) => kind === "node");
const bundlers = ["rollup", "twice", "vite", "webpack"];

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

const installed = await installedProject("bundlers");
if (installed === undefined) {
  missing("minified bundles", "test/projects/bundlers is not installed: MATRIX=all does that");
} else {
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
