/**
 * Which step of the agent's way costs what: the agent rebuilt from nothing by small preloads, one step more in each row (`floor/steps.ts`),
 * every row against the server alone in one run, several rounds: all run at once, and are loaded in turn, a second each. Prints medians for the first three seconds under load and for
 * the time after nine. "spool" is the whole agent, with the wrapper standing still; in "profsrv" the wrapper is at work.
 *
 *     make bench ONLY=floor
 *     deno task bench:floor [--runtime "node 26"] [--server awaits] [--rounds 5] [--seconds 8] [--rest 6] [--steps "sampler;record"]
 *
 * `--rest`: seconds between the two phases; `--rest 0` for a look. Needs Linux and wrk (`apt-get install wrk`).
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundlePreload } from "../../build/bundle_preload.ts";
import { installedProject } from "../support/projects.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { STEP_VARIABLE, STEPS } from "./floor/steps.ts";
import { type Measured, measureInTurn } from "./server/load.ts";
import { type Load, tracingGc } from "./server/running.ts";
import { printPhases } from "./server/table.ts";

const SERVERS = { node: ["hello", "awaits", "express"], deno: ["hello", "awaits"] } as const;

const { values } = parseArgs({
  options: {
    runtime: { type: "string" },
    server: { type: "string" },
    steps: { type: "string" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "8" },
    rest: { type: "string", default: "6" },
  },
});
const scratches = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const [rounds, seconds, rest] = [Number(values.rounds), Number(values.seconds), Number(values.rest)];

type Way = Pick<Load, "command" | "env" | "isWrapperStopped">;

/** The rows, the server alone first. */
async function waysOf({ kind, path }: Runtime, options: { app: readonly string[]; directory: string }) {
  const { app, directory } = options;
  const preload = join(directory, "preload.cjs");
  writeFileSync(preload, await bundlePreload(`test/bench/floor/${kind}.ts`));
  const flags = kind === "node" ? [tracingGc(kind)] : ["run", "-A", tracingGc(kind)];
  const command = [path, ...flags, ...app];
  const ways = new Map<string, Way>();
  for (const step of STEPS) {
    const preloaded = [path, ...flags, "--require", preload, ...app];
    ways.set(step, step === "nothing" ? { command } : { command: preloaded, env: { [STEP_VARIABLE]: step } });
  }
  const whole = (name: string) => [
    resolve("dist/profsrv"),
    "--quiet",
    "--prof-path",
    join(directory, name),
    "--",
    ...command,
  ];
  ways.set("spool", { command: whole("spool"), isWrapperStopped: true });
  ways.set("profsrv", { command: whole("profsrv") });
  const wanted = values.steps?.split(";");
  return [...ways].filter(([name]) => name === "nothing" || (wanted?.includes(name) ?? true));
}

const project = await installedProject("bench");
if (project === undefined) throw new Error("The servers are not there yet: MATRIX=all fetches them");
for (const runtime of await runtimes()) {
  const name = `${runtime.kind} ${runtime.version}`;
  if (values.runtime !== undefined && !name.includes(values.runtime)) continue;
  for (const server of SERVERS[runtime.kind]) {
    if (values.server !== undefined && values.server !== server) continue;
    const file = runtime.kind === "node"
      ? join(project, "servers.mjs")
      : resolve("test/bench/server/deno.ts");
    const directory = mkdtempSync(join(scratches, "profsrv-bench-"));
    try {
      const ways = await waysOf(runtime, { app: [file, server], directory });
      const results = new Map<string, Measured[]>(ways.map(([step]) => [step, []]));
      for (let round = 0; round < rounds; round++) {
        const loads = ways.map(([, way]) => ({
          ...way,
          env: { ...way.env, TMPDIR: directory },
          cwd: directory,
        }));
        const measured = await measureInTurn(loads, { rest, seconds });
        for (const [i, [step]] of ways.entries()) results.get(step)!.push(measured[i]!);
      }
      console.log(
        `\n${name}, ${server}: ${rounds} rounds of ${seconds} s, 16 connections; ratios to nothing`,
      );
      printPhases(results);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
