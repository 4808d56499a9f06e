/**
 * Where the time goes that profsrv costs a server: Linux's own profiler beside it, for each request and each function the
 * difference to the server alone; and what profsrv's own profiles of one request in four say. What the wrapper does is no part of it.
 *
 *     deno task bench:why [--runtime "node 26"] [--server awaits] [--seconds 5] [--lines 25]
 *
 * Needs Linux, wrk and perf (`apt-get install wrk linux-perf`), and leave to use it.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { installedProject } from "../support/projects.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { measure } from "./server/load.ts";

const { values } = parseArgs({
  options: {
    runtime: { type: "string", default: "node 26" },
    server: { type: "string", default: "awaits" },
    seconds: { type: "string", default: "5" },
    lines: { type: "string", default: "25" },
  },
});
const seconds = Number(values.seconds);

/** CPU of the server by function, in microseconds for each request. */
type Costs = ReadonlyMap<string, number>;

async function costs(command: readonly string[], directory: string): Promise<Costs> {
  const data = join(directory, "perf.data");
  let perf: ReturnType<typeof spawn> | undefined;
  const { cpu } = await measure({
    command,
    seconds,
    cwd: directory,
    before: (_, pid) => {
      perf = spawn("perf", ["record", "-q", "-F", "4999", "-p", String(pid), "-o", data], {
        stdio: "inherit",
      });
      return once(perf, "spawn").then(() => {});
    },
    after: async () => {
      const end = once(perf!, "exit");
      perf!.kill("SIGINT");
      await end;
    },
  });
  const { stdout } = await promisify(execFile)("perf", [
    "report",
    "-i",
    data,
    "--sort",
    "symbol",
    "-g",
    "none",
  ], {
    maxBuffer: 2 ** 28,
  });
  const found = new Map<string, number>();
  for (const [, percent, symbol] of stdout.matchAll(/^\s*([\d.]+)%\s+\[.\]\s+(.*?)\s*(?:-\s+-\s*)?$/gm)) {
    const name = nameOf(symbol!);
    found.set(name, (found.get(name) ?? 0) + cpu * Number(percent) / 100);
  }
  found.set("all", cpu);
  return found;
}

/** Without what differs from run to run: where the agent lies, how far V8 has optimized. */
function nameOf(symbol: string): string {
  if (/^0x[\da-f]+$/.test(symbol)) return "(without a name)";
  return symbol.replace(/^JS:[*+^~]?'?/, "JS ").replace(/\S*\/agent\.cjs(:\d+)*/, "profsrv").replace(
    / \S*\/(\S+)/,
    " $1",
  );
}

/** The functions' shares of what profsrv sampled of the requests in `directory`, in percent, the largest first. */
async function sharesIn(directory: string): Promise<[name: string, share: number][]> {
  const times = new Map<string, number>();
  let all = 0;
  for (const file of await readdir(directory)) {
    if (!file.endsWith(".folded")) continue;
    for (const line of (await readFile(join(directory, file), "utf8")).trimEnd().split("\n")) {
      const [, stack = "", time] = /^(.*) (\d+)$/.exec(line) ?? [];
      const name = stack.slice(stack.lastIndexOf(";") + 1);
      if (name === "(idle)" || name === "(unsampled)") continue;
      times.set(name, (times.get(name) ?? 0) + Number(time));
      all += Number(time);
    }
  }
  return [...times].sort(([, a], [, b]) => b - a).map(([name, time]) => [name, time / all * 100]);
}

function commandFor({ kind, path }: Runtime, project: string): string[] {
  return kind === "node" ? [path, "--perf-basic-prof", join(project, "servers.mjs"), values.server] : [
    path,
    "run",
    "-A",
    "--v8-flags=--perf-basic-prof",
    resolve("test/bench/server/deno.ts"),
    values.server,
  ];
}

const project = await installedProject("bench");
if (project === undefined) throw new Error("The servers are not there yet: MATRIX=all fetches them");
for (const runtime of await runtimes()) {
  const name = `${runtime.kind} ${runtime.version}`;
  if (!name.includes(values.runtime)) continue;
  const directory = await mkdtemp(join(tmpdir(), "profsrv-bench-"));
  try {
    const command = commandFor(runtime, project);
    const bare = await costs(command, directory);
    const options = [
      ..."--quiet --format folded --sample 1/4 --max-files 200000 --prof-path".split(" "),
      directory,
    ];
    const profiled = await costs([resolve("dist/profsrv"), ...options, "--", ...command], directory);
    const more = (symbol: string) => (profiled.get(symbol) ?? 0) - (bare.get(symbol) ?? 0);
    const symbols = [...new Set([...profiled.keys(), ...bare.keys()])].sort((a, b) => more(b) - more(a));
    console.log(`\n${name}, ${values.server}: CPU of the server, µs for each request`);
    console.log("   more  profsrv     bare");
    for (const symbol of symbols.slice(0, Number(values.lines))) {
      const row = [more(symbol), profiled.get(symbol) ?? 0, bare.get(symbol) ?? 0];
      console.log(`${row.map((it) => it.toFixed(2).padStart(7)).join("  ")}  ${symbol}`);
    }
    const shares = await sharesIn(directory);
    const own = shares.findIndex(([name]) => name === "(profsrv)");
    console.log("\nby profsrv's own profiles, % of what was sampled");
    for (const [name, share] of shares.slice(0, Math.max(own + 1, 8))) {
      console.log(`${share.toFixed(1).padStart(7)}  ${name}`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
