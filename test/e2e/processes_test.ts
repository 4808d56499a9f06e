/** Servers of several processes and threads, and what starts and restarts them: all in one run, each with its pid and tid. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { profiles } from "../support/compatibility.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, profiled, type Run, type Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const nodes = (await runtimes()).filter(({ kind }) => kind === "node");

/** Each answer says who gave it: so must the index. */
function checkOwners(run: Run, owners: ReadonlyMap<string, string>): void {
  checkLaws(run);
  const told = new Map(run.index.map(({ url, pid, tid }) => [url, `${pid} ${tid}`]));
  assert.deepEqual([...told].sort(), [...owners].sort());
}

const kinds = [
  { kind: "cluster", name: "cluster" },
  { kind: "fork", name: "child_process.fork" },
  { kind: "spawn", name: "child_process.spawn" },
  { kind: "threads", name: "worker_threads" },
];

for (const runtime of nodes) {
  for (const { kind, name } of kinds) {
    profiles({ group: "Processes", name }, runtime, async () => {
      const owners = new Map<string, string>();
      const run = await profiled([runtime.path, appPath("processes.cjs"), kind], async (started) => {
        await started.printed(/port \d+\n[^]*port \d+\n/);
        const ports = [...started.stdout.matchAll(/port (\d+)/g)].map(([, port]) => Number(port));
        for (let i = 0; i < 8; i++) {
          const url = `/${kind}/${i}`;
          owners.set(url, (await ask(ports[i % 2]!, url, { agent: false })).body);
        }
        started.kill("SIGTERM");
      });
      assert.deepEqual([run.code, run.signal], [0, null], run.stderr);
      checkOwners(run, owners);
      assert.equal(new Set(owners.values()).size, 2, "both served");
      const tids = new Set(run.index.map(({ tid }) => tid > 0));
      assert.deepEqual([...tids], [kind === "threads"]);
    });
  }
}

const source = `
const http = require("node:http");
const server = http.createServer((request, response) => {
  response.setHeader("connection", "close");
  response.end(process.pid + " 0");
});
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port + " pid " + process.pid));
`;

/** Runs a command in a project whose `start` script is a server in `server.cjs`. */
async function inProject(use: (directory: string, home: string) => Promise<void>): Promise<void> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "profsrv-project-")));
  const directory = join(home, "app");
  try {
    await mkdir(directory);
    await writeFile(join(directory, "server.cjs"), source);
    const scripts = { start: "node server.cjs" };
    await writeFile(
      join(directory, "package.json"),
      JSON.stringify({ name: "app", version: "1.0.0", scripts }),
    );
    await use(directory, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const tools = await installedProject("processes");
const tool = (name: string) => join(tools ?? "", "node_modules", name);
const tsx = join(import.meta.dirname!, "..", "..", "node_modules", "tsx", "dist", "cli.mjs");

interface Starter {
  readonly name: string;
  readonly args: readonly string[];
  /** It is in test/projects/processes. */
  readonly isTool: boolean;
}

/** Commands that start the project's server again when that changes, or when it ends. */
const watchers: readonly Starter[] = [
  { name: "node --watch", args: ["--watch", "server.cjs"], isTool: false },
  { name: "tsx watch", args: [tsx, "watch", "server.cjs"], isTool: false },
  { name: "nodemon", args: [tool("nodemon/bin/nodemon.js"), "server.cjs"], isTool: true },
  { name: "pm2-runtime", args: [tool("pm2/bin/pm2-runtime"), "start", "server.cjs"], isTool: true },
];

const starters: readonly Starter[] = [
  { name: "pnpm start", args: [tool("pnpm/bin/pnpm.cjs"), "start"], isTool: true },
  { name: "yarn start", args: [tool("yarn/bin/yarn.js"), "start"], isTool: true },
];

/** The server that was started last. */
async function nextServer(started: Started, count: number): Promise<{ port: number; pid: number }> {
  const match = await started.printed(new RegExp("[^]*?port (\\d+) pid (\\d+)".repeat(count)));
  const [port, pid] = match.slice(-2).map(Number);
  return { port: port!, pid: pid! };
}

/** Asks the server that was started last who it is. */
async function askServer(started: Started, count: number): Promise<{ pid: number; body: string }> {
  const { port, pid } = await nextServer(started, count);
  const { body } = await ask(port, `/${count}`, { agent: false });
  assert.equal(body, `${pid} 0`);
  return { pid, body };
}

/** Changes a file, and again after a while: a watcher may not have watched it yet. */
async function changeUntil(seen: Promise<unknown>, file: string): Promise<void> {
  let changes = 0;
  const change = () => writeFile(file, `${source}// change ${++changes}\n`);
  await change();
  const timer = setInterval(change, 3000);
  await seen.finally(() => clearInterval(timer));
}

/** A test of something that is started in a project. */
function testIn(
  { name, isTool }: Starter,
  run: (node: string, cwd: string, env: Record<string, string>) => Promise<void>,
): void {
  if (isTool && tools === undefined) {
    return missing(name, "test/projects/processes is not installed: MATRIX=all does that");
  }
  for (const runtime of nodes) {
    const { path } = runtime;
    profiles({ group: "Ways to start Node", name }, runtime, () =>
      inProject((cwd, home) => {
        // Where pm2 and the others keep what is theirs.
        const env = { PATH: dirname(path) + delimiter + process.env["PATH"], HOME: home, PM2_HOME: home };
        return run(path, cwd, env);
      }));
  }
}

for (const watcher of watchers) {
  testIn(watcher, async (node, cwd, env) => {
    const owners = new Map<string, string>();
    const run = await profiled([node, ...watcher.args], async (started) => {
      const first = await askServer(started, 1);
      owners.set("/1", first.body);
      if (watcher.name === "pm2-runtime") process.kill(first.pid, "SIGTERM");
      else await changeUntil(nextServer(started, 2), join(cwd, "server.cjs"));
      owners.set("/2", (await askServer(started, 2)).body);
      started.kill("SIGINT");
    }, { cwd, env });
    checkOwners(run, owners);
    assert.equal(new Set(owners.values()).size, 2, "it was started again");
  });
}

for (const starter of starters) {
  testIn(starter, async (node, cwd, env) => {
    const owners = new Map<string, string>();
    const run = await profiled([node, ...starter.args], async (started) => {
      const { pid, body } = await askServer(started, 1);
      owners.set("/1", body);
      process.kill(pid, "SIGTERM");
    }, { cwd, env });
    checkOwners(run, owners);
    assert.equal(run.record.totals.processes, 1);
  });
}
