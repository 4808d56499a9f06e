/**
 * Whether a server costs more under one build of profsrv than under another. Both run in one run, warm, and are loaded in
 * turn for a short time each: a pair. So the machine's speed, which changes within minutes, is the same for both; and each is loaded when
 * both have done what was left. Prints
 * the CPU of the server's process for each request in each pair, the median of the ratios (after to before), and its upper
 * bound at 95 %.
 *
 *     make bench ONLY=paired ARGS='--before DIR --after DIR --runtime "node 26"'
 *     deno run -A test/bench/paired.ts --before DIR [--after .] [--server express] [--pairs 60] [--seconds 1] [--first]
 *
 * `--first`: each time a new server, and its first seconds under load, of which V8 needs some to compile what is hot; then also how many
 * were answered, and the CPU of both processes together.
 *
 * A directory is a checkout that is built (`dist/profsrv` in it). The wrapper stands still while it is measured, if
 * `--stopped`. Needs Linux and wrk (`apt-get install wrk`).
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { installedProject } from "../support/projects.ts";
import { runtimes } from "../support/runtimes.ts";
import { type Phase, type Running, start } from "./server/running.ts";
import { untilStill } from "./server/taken.ts";

const { values } = parseArgs({
  options: {
    before: { type: "string" },
    after: { type: "string", default: "." },
    runtime: { type: "string" },
    server: { type: "string", default: "express" },
    pairs: { type: "string", default: "60" },
    seconds: { type: "string", default: "1" },
    stopped: { type: "boolean", default: false },
    first: { type: "boolean", default: false },
  },
});

/** Seconds in which V8 compiles what is hot. */
const WARM = 5;
const FIRST = 3;

const scratch = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "profsrv-bench-"));

/** A server that runs under the build in `build`. */
function started(build: string, command: readonly string[]): Promise<Running> {
  const path = mkdtempSync(join(scratch, "run-"));
  const own = [resolve(build, "dist/profsrv"), "--quiet", "--prof-path", path, "--"];
  return start({ command: [...own, ...command], isWrapperStopped: values.stopped });
}

async function warm(build: string, command: readonly string[]): Promise<Running> {
  const server = await started(build, command);
  await server.phase(WARM);
  return server;
}

/** The median, and what it is not above with 95 % of certainty: the order statistic by the sign test. */
function bound(ratios: readonly number[]): { median: number; upper: number } {
  const sorted = [...ratios].sort((a, b) => a - b);
  const n = sorted.length;
  const median = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
  let [rank, chance, sum] = [0, 0.5 ** n, 0];
  // At least `rank` of n lie above the true median, with one half each.
  for (; rank < n; rank++) {
    sum += chance;
    if (sum > 0.05) break;
    chance *= (n - rank) / (rank + 1);
  }
  return { median, upper: sorted[Math.min(n - 1, n - rank)]! };
}

/** Microseconds of CPU for each request in each pair: before, after. */
async function pairs(before: Running, after: Running): Promise<[number, number][]> {
  const found: [number, number][] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const costs = new Map<Running, number>();
    // Who comes first changes, so that what gets slower by itself counts for neither.
    for (const server of pair % 2 === 0 ? [before, after] : [after, before]) {
      await untilStill([...before.pids, ...after.pids]);
      costs.set(server, (await server.phase(Number(values.seconds))).cpu);
    }
    found.push([costs.get(before)!, costs.get(after)!]);
  }
  return found;
}

/** The first seconds of servers that run under two builds, a new one each time. */
async function firstSeconds(
  builds: readonly [string, string],
  command: readonly string[],
): Promise<[Phase, Phase][]> {
  const found: [Phase, Phase][] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const phases: Phase[] = [];
    for (const which of pair % 2 === 0 ? [0, 1] as const : [1, 0] as const) {
      const server = await started(builds[which], command);
      try {
        phases[which] = await server.phase(FIRST);
        await server.end();
      } finally {
        server.kill();
      }
    }
    found.push([phases[0]!, phases[1]!]);
  }
  return found;
}

const FIGURES: Readonly<Record<string, (phase: Phase) => number>> = {
  "server's cpu": ({ cpu }) => cpu,
  "cpu of both": ({ cpu, wrapperCpu }) => cpu + wrapperCpu,
  answered: ({ requests }) => requests,
  p99: ({ p99 }) => p99,
};

const project = await installedProject("bench");
if (project === undefined) throw new Error("The server is not there yet: MATRIX=all fetches it");
if (values.before === undefined) {
  console.log("Nothing is compared: --before DIR names another build.");
  process.exit(0);
}
try {
  for (const { kind, version, path } of await runtimes()) {
    const name = `${kind} ${version} ${values.server}`;
    if (kind !== "node" || (values.runtime !== undefined && !name.includes(values.runtime))) continue;
    const command = [path, join(project, "servers.mjs"), values.server];
    if (values.first) {
      const found = await firstSeconds([values.before, values.after], command);
      for (const [figure, of] of Object.entries(FIGURES)) {
        const { median, upper } = bound(found.map(([before, after]) => of(after) / of(before)));
        const typical = (which: 0 | 1) => bound(found.map((pair) => of(pair[which]))).median.toFixed(1);
        console.log(
          `${name}  ${figure}: ${typical(0)} -> ${typical(1)}, ${found.length} pairs: median ${
            median.toFixed(3)
          }, not above ${upper.toFixed(3)} (95 %)`,
        );
      }
      continue;
    }
    const servers = [await warm(values.before, command), await warm(values.after, command)] as const;
    try {
      const found = await pairs(...servers);
      for (const [before, after] of found) {
        console.log(
          `${name}  ${before.toFixed(1)} -> ${after.toFixed(1)} us  ${(after / before).toFixed(3)}`,
        );
      }
      const { median, upper } = bound(found.map(([before, after]) => after / before));
      console.log(
        `${name}  ${found.length} pairs: median ${median.toFixed(3)}, not above ${upper.toFixed(3)} (95 %)`,
      );
      for (const server of servers) await server.end();
    } finally {
      for (const server of servers) server.kill();
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
