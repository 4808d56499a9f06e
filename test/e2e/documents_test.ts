/**
 * Runs the commands in the code blocks of the documents, as they stand there, in a directory with what they name: servers that
 * ask themselves and end (test/projects/documents), runs and profiles. A few are not run here; `notRun` says why.
 * `npx profsrv` runs the .mjs, which the package holds.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { parseArguments } from "../../src/cli/args.ts";
import { commandsIn, documents, isShape, profsrvIn } from "../docs/documents.ts";
import { Started } from "../support/profiled.ts";
import { installedProject, sourceOf } from "../support/projects.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const project = join(import.meta.dirname!, "..", "..");

/** Commands that do not run here; test/docs/commands_test.ts reads them all the same. */
const notRun: Readonly<Record<string, string>> = {
  "make test": "it is what runs this",
  "make foreign": "it takes minutes, and other people's sources",
  "dist/profsrv node build/demo_server.mjs": "make demo runs it",
  "profsrv -- npm run start:dev":
    "Nest's watcher does not end; framework_places_test and routes_test run Nest",
  "profsrv -- npx next start": "frameworks_test runs it",
  "NEXT_EXIT_TIMEOUT_MS=10000 profsrv -- npx next dev": "frameworks_test runs it",
  "profsrv -- npx tsx watch server.ts": "npm passes no signal on; processes_test runs it",
  "profsrv -- npx nodemon server.js": "npm passes no signal on; processes_test runs it",
  "profsrv -- npx pm2-runtime server.js": "processes_test runs it",
  "profsrv -- npx vite dev": "framework_places_test runs it",
  "profsrv -- npx nuxt dev": "framework_places_test runs it",
  "profsrv -- npx astro dev": "framework_places_test runs it",
  "profsrv -- npx react-router dev": "framework_places_test runs it",
  "profsrv -- node build/index.js": "framework_places_test runs it",
};

/** Commands that go on when their server has ended, or whose server does not end. */
const endless = /deno serve|--watch/;
/** Its commands are run by `make test`, too; some of other pages want other people's packages, and the newest Node. */
const FRONT_DOOR = "README.md";

const all = await documents();
const commands = all.flatMap(commandsIn).filter(({ line }) => !isShape(line));
const windows = process.platform === "win32";
const frameworks = await installedProject("frameworks");
const node = (await runtimes()).findLast(({ kind }) => kind === "node");
const isWhole = process.env["MATRIX"] === "all" && frameworks !== undefined;
if (!isWhole) missing("the commands of docs and notes", "they take a minute; MATRIX=all runs them");

Deno.test("what is not run of the documents stands there", () => {
  const lines = commands.map(({ line }) => line);
  assert.deepEqual(Object.keys(notRun).filter((it) => !lines.includes(it)), []);
});

Deno.test("the commands of the documents do what is said there", { ignore: windows }, async (test) => {
  const place = await realpath(await mkdtemp(join(tmpdir(), "documents-")));
  try {
    const env = await prepare(place);
    const here = commands.filter(({ path, line }) =>
      notRun[line] === undefined && (isWhole || path === FRONT_DOOR)
    );
    for (const line of new Set(here.map(({ line }) => line))) {
      await test.step(line, () => checkCommand(line, { place, env }));
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

interface Place {
  readonly place: string;
  readonly env: Record<string, string | undefined>;
}

/** Makes what the commands name, and gives the environment in which they run. */
async function prepare(place: string): Promise<Place["env"]> {
  await cp(sourceOf("documents"), place, { recursive: true });
  const modules = join(place, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  for (const from of [frameworks, project]) {
    if (from !== undefined) await linkPackages(from, modules);
  }
  await symlink(join(project, "dist", "profsrv.mjs"), join(modules, ".bin", "profsrv"));
  const bin = join(place, "bin");
  await mkdir(bin);
  await mkdir(join(place, "temp"));
  await symlink(join(project, "dist", "profsrv"), join(bin, "profsrv"));
  await cp(join(project, "dist", "profsrv.mjs"), join(place, "dist", "profsrv.mjs"));
  await symlink(join(project, "dist", "profsrv"), join(place, "dist", "profsrv"));
  await symlink(Deno.execPath(), join(bin, "deno"));
  // Puts a load on a server, as wrk does.
  await writeFile(join(bin, "wrk"), "#!/bin/sh\nfor word; do url=$word; done\nnode -p \"fetch('$url')\"\n", {
    mode: 0o755,
  });
  const env = {
    PATH: [bin, ...(node === undefined ? [] : [dirname(node.path)]), process.env["PATH"]].join(delimiter),
    TMPDIR: join(place, "temp"),
    NO_COLOR: "1",
    DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${await freePort()}`,
    // No browser is opened.
    CI: "1",
    NO_UPDATE_NOTIFIER: "1",
  };
  await checkCommand("profsrv --prof-path profiles node server.js", { place, env });
  for (const it of ["before", "after"]) {
    await cp(join(place, "profiles"), join(place, it), { recursive: true });
  }
  const cpuProfile = ["--cpu-prof", "--cpu-prof-name=CPU.20261123.cpuprofile", "-e", "0"];
  await promisify(execFile)("node", cpuProfile, { cwd: place, env: { ...process.env, ...env } });
  return env;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The packages of a project, and what they have for the command line, that are not there yet. */
async function linkPackages(from: string, modules: string): Promise<void> {
  const source = join(from, "node_modules");
  const names = await readdir(source);
  const scoped = names.filter((it) => it.startsWith("@")).map(async (scope) => {
    await mkdir(join(modules, scope), { recursive: true });
    return (await readdir(join(source, scope))).map((it) => join(scope, it));
  });
  const bins = (await readdir(join(source, ".bin"))).map((it) => join(".bin", it));
  const all = [...names.filter((it) => !/^[@.]/.test(it)), ...bins, ...(await Promise.all(scoped)).flat()];
  for (const name of all) await symlink(join(source, name), join(modules, name)).catch(() => {});
}

/** Runs a command as a shell does, and checks that it did what it is for. */
async function checkCommand(line: string, { place, env }: Place): Promise<void> {
  const request = profsrvIn(line);
  const kind = request === undefined ? "make" : parseArguments(request.args).kind;
  const started = new Started(["sh", "-c", `exec ${line}`], {
    cwd: kind === "make" ? project : place,
    // The command of --on-listen ends a server.
    env: kind === "make" ? { NO_COLOR: "1" } : line.includes("--on-listen") ? { ...env, STAYS: "1" } : env,
  });
  if (kind === "view" && !line.includes("--html")) {
    await started.printed(/shown at http:\S+ until Ctrl-C/);
    started.kill("SIGINT");
    assert.equal((await started.ended).signal, "SIGINT", line);
    return;
  }
  if (endless.test(line)) {
    await started.printed(/"GET \/users\/41 /, "stderr");
    started.kill("SIGINT");
  }
  const { code, stdout, stderr } = await started.ended;
  if (!endless.test(line)) assert.equal(code, 0, `${line}\n${stdout}\n${stderr}`);
  if (kind === "run") assert.match(stderr, /^\d+ requests? in .+, [1-9]\d* profiles? in /m, line);
  else assert.notEqual(stdout + stderr, "", line);
  if (line === "make demo") assert.ok(columnsIn(stderr).length > 0 && sameColumns(stderr), stderr);
}

/** The README shows what the demo prints, with the same columns. */
function sameColumns(printed: string): boolean {
  return columnsIn(all.find(({ path }) => path === "README.md")!.text).join() === columnsIn(printed).join();
}

function columnsIn(text: string): string[] {
  return /^route .*count.*$/m.exec(text)?.[0].split(/ {2,}| (?=count)/) ?? [];
}
