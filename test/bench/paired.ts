/**
 * Whether a server costs more under one build of profsrv than under another: both in turn in one run, paired, CPU of the
 * server's process for each request. Prints each ratio (after to before), their median and its upper bound at 95 %.
 *
 *     make bench ONLY=paired ARGS='--before DIR --after DIR --runtime "node 26"'
 *     deno run -A test/bench/paired.ts --before DIR [--after .] [--server express] [--pairs 20] [--seconds 2]
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
import { measure } from "./server/load.ts";

const { values } = parseArgs({
  options: {
    before: { type: "string" },
    after: { type: "string", default: "." },
    runtime: { type: "string" },
    server: { type: "string", default: "express" },
    pairs: { type: "string", default: "20" },
    seconds: { type: "string", default: "2" },
    stopped: { type: "boolean", default: false },
  },
});

/** Microseconds of CPU for each request under the build in `build`. */
async function cost(build: string, command: readonly string[]): Promise<number> {
  const scratches = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const scratch = mkdtempSync(join(scratches, "profsrv-bench-"));
  try {
    const own = [resolve(build, "dist/profsrv"), "--quiet", "--prof-path", scratch, "--"];
    const seconds = Number(values.seconds);
    const load = { command: [...own, ...command], seconds, isWrapperStopped: values.stopped };
    return (await measure(load)).cpu;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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

const project = await installedProject("bench");
if (project === undefined) throw new Error("The server is not there yet: MATRIX=all fetches it");
if (values.before === undefined) {
  console.log("Nothing is compared: --before DIR names another build.");
  process.exit(0);
}
for (const { kind, version, path } of await runtimes()) {
  const name = `${kind} ${version}`;
  if (kind !== "node" || (values.runtime !== undefined && !name.includes(values.runtime))) continue;
  const command = [path, join(project, "servers.mjs"), values.server];
  const ratios: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    // Who comes first changes, so that what gets slower by itself counts for neither.
    const builds = pair % 2 === 0 ? [values.before, values.after] : [values.after, values.before];
    const costs = new Map<string, number>();
    for (const build of builds) costs.set(build, await cost(build, command));
    const [before, after] = [costs.get(values.before)!, costs.get(values.after)!];
    ratios.push(after / before);
    console.log(
      `${name} ${values.server}  ${before.toFixed(1)} -> ${after.toFixed(1)} us  ${
        ratios.at(-1)!.toFixed(3)
      }`,
    );
  }
  const { median, upper } = bound(ratios);
  console.log(
    `${name} ${values.server}  ${ratios.length} pairs: median ${median.toFixed(3)}, not above ${
      upper.toFixed(3)
    } (95 %)`,
  );
}
