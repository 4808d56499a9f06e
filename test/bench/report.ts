/**
 * What `profsrv report` costs on an index of many lines, each with a hot function, every third with what held it up. Prints the
 * CPU time and the most memory of each way to print it.
 *
 *     deno run -A test/bench/report.ts [lines, 1000000] [--keep DIR]
 */
import { execFile } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import { forms } from "../support/profiled.ts";
import { seededRandom } from "../support/random.ts";

const { values, positionals } = parseArgs({ options: { keep: { type: "string" } }, allowPositionals: true });
const lines = Number(positionals[0] ?? 1_000_000);
const ROUTES = 30;
const FUNCTIONS = 40;
const START = Date.UTC(2026, 0, 2);

const directory = values.keep ?? mkdtempSync(join(tmpdir(), "profsrv-bench-"));
mkdirSync(directory, { recursive: true });

function record(): object {
  const startedOn = new Date(START).toISOString();
  const none = { attributed: 1, unattributed: 0, idle: 0 };
  return {
    ...{ v: 1, profsrv: "0.1.0", run: "bench", command: ["node", "server.js"], interval: 1000 },
    ...{ start: startedOn, end: new Date(START + lines).toISOString(), exit: { code: 0 }, runtimes: [] },
    totals: { requests: lines, files: 0, limited: 0, processes: 1, listening: 1 },
    ...{ attribution: none, cost: {}, drops: {}, clamped: 0 },
  };
}

function entry(seq: number, { integer }: ReturnType<typeof seededRandom>): object {
  const route = integer(0, ROUTES - 1);
  const cpu = integer(1, 20_000) / 1000;
  const isBlocked = integer(0, 2) === 0;
  const blocked = isBlocked ? integer(1000, 60_000) / 1000 : 0;
  const wait = integer(0, 90_000) / 1000;
  const id = (other: number) => `3ad6cc28-${other}`;
  const count = isBlocked ? integer(1, 5) : 0;
  const name = integer(0, FUNCTIONS - 1);
  return {
    ...{ v: 1, run: "bench", id: id(seq), pid: 14853, tid: 0, runtime: "node 24.21.0", method: "GET" },
    ...{
      url: `/route${route}/${seq}?page=${seq % 7}`,
      path: `/route${route}/${seq}`,
      route: `/route${route}/:id`,
    },
    ...{ http: "1.1", status: 200, bytes: 512, start: new Date(START + seq).toISOString() },
    duration: Math.round((cpu + blocked + wait) * 1000) / 1000,
    ...{ queued: 0, cpu, blocked, wait, gc: 0, samples: Math.ceil(cpu), outcome: "finished" },
    hot: {
      function: `compute${name}`,
      file: `/home/me/shop/src/route${route}/compute.ts`,
      line: name + 1,
      self: cpu / 2,
    },
    blockers: Array.from({ length: count }, () => ({
      id: integer(0, 5) === 0 ? "(outside requests)" : id(Math.max(1, seq + integer(-300, 20))),
      ms: Math.round(blocked / count * 1000) / 1000,
    })),
    ...{ trace: null, files: [] },
  };
}

/** Runs profsrv on node; gives its CPU time in seconds and its most memory in MiB. */
async function measure(args: readonly string[]): Promise<{ cpu: number; memory: number; wall: number }> {
  const tell = `process.on("exit", () => console.error(JSON.stringify(process.resourceUsage())))`;
  const [node, bundle] = forms.node;
  const begin = performance.now();
  const { stderr } = await promisify(execFile)(
    node,
    ["--import", `data:text/javascript,${tell}`, bundle, "report", directory, ...args],
    { maxBuffer: 1e9 },
  );
  const wall = (performance.now() - begin) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(stderr.trim().split("\n").at(-1)!);
  return { cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024, wall };
}

try {
  const random = seededRandom(1);
  writeFileSync(join(directory, "run.json"), JSON.stringify(record()));
  writeFileSync(join(directory, "index.ndjson"), "");
  for (let seq = 1; seq <= lines;) {
    const some: string[] = [];
    for (; seq <= lines && some.length < 10_000; seq++) some.push(JSON.stringify(entry(seq, random)));
    appendFileSync(join(directory, "index.ndjson"), some.join("\n") + "\n");
  }
  for (const args of [[], ["--json"], ["--md"]]) {
    const { cpu, memory, wall } = await measure(args);
    const what = `profsrv report ${args.join(" ")}`.trimEnd().padEnd(22);
    console.log(
      `${what} ${lines} lines: ${cpu.toFixed(1)} s of CPU, ${wall.toFixed(1)} s, ${memory.toFixed(0)} MiB`,
    );
  }
} finally {
  if (values.keep === undefined) rmSync(directory, { recursive: true, force: true });
}
process.exitCode = 0;
