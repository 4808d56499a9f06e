/**
 * What profsrv costs, beside what a user would pick instead: every server with every profiler, several rounds in one run. In each they are
 * started one by one, and when all are warm they are loaded in turn, a second each. Prints medians of ratios to the same server
 * without a profiler, and their spread, for the first three seconds under load and for those after nine (`--rest`: what lies between
 * them). What lets a server handle one request at a time has a table of its own, where one client asks, of the server alone, too.
 * "stopped": the wrapper stands still while the server is measured. On two cores it is in the way of the load else: the server
 * finds more to do each time it looks, and so each request costs it less than on a machine with cores to spare. What is written goes to
 * memory where there is a file system in it (`/dev/shm`): it is not the disk that is measured.
 *
 *     make bench ONLY=cost
 *     deno task bench:cost [--runtime "node 26"] [--server express] [--profiler "profsrv;0x"] [--rounds 5] [--seconds 8] [--rest 6]
 *
 * Needs Linux and wrk (`apt-get install wrk`).
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installedProject } from "../support/projects.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { type Measured, measureInTurn } from "./server/load.ts";
import { type Load, tracingGc } from "./server/running.ts";
import { type Extra, median, printPhases } from "./server/table.ts";

const SERVERS = {
  node: ["hello", "express", "fastify", "awaits", "graphql", "promises"],
  deno: ["hello", "awaits"],
} as const;
const INTERVALS = [1000, 2000, 5000];

const { values } = parseArgs({
  options: {
    runtime: { type: "string" },
    server: { type: "string" },
    profiler: { type: "string" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "8" },
    rest: { type: "string", default: "6" },
  },
});
const rounds = Number(values.rounds);
const scratches = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const [seconds, rest] = [Number(values.seconds), Number(values.rest)];

/** What is between `command` and the server. */
interface Profiler {
  readonly name: string;
  load(
    command: readonly string[],
    scratch: string,
  ): Pick<Load, "command" | "env" | "isWrapperStopped">;
}

/** What is compared with each other, the server alone first. */
interface Group {
  readonly connections: number;
  readonly profilers: readonly Profiler[];
}

/** `--interval` comes last, so that the first of the table is what a user has by default. */
function groupsFor({ kind, path }: Runtime, project: string): Group[] {
  const [file, ...own] = kind === "node" ? [path, tracingGc(kind)] : [path, "run", "-A", tracingGc(kind)];
  const withFlags = (...flags: string[]) => (command: readonly string[]) => ({
    command: [file!, ...own, ...flags, ...command],
  });
  const ours = (...options: string[]): Profiler["load"] => (command, scratch) => ({
    command: [
      resolve("dist/profsrv"),
      "--quiet",
      "--prof-path",
      scratch,
      ...options,
      "--",
      file!,
      ...own,
      ...command,
    ],
  });
  const cpuProf = (interval: number): Profiler => ({
    name: `--cpu-prof ${interval}`,
    load: (command, scratch) =>
      withFlags("--cpu-prof", `--cpu-prof-dir=${scratch}`, `--cpu-prof-interval=${interval}`)(command),
  });
  const foreign: Profiler[] = kind === "deno" ? [] : [
    {
      name: "@datadog/pprof",
      load: (command) => ({
        ...withFlags("--require", join(project, "datadog.cjs"))(command),
        env: { BENCH_INTERVAL: "1000" },
      }),
    },
    {
      name: "@platformatic/flame",
      load: (command) => ({
        ...withFlags("--require", join(project, "node_modules/@platformatic/flame/preload.js"))(command),
        env: { FLAME_AUTO_START: "true" },
      }),
    },
    {
      name: "0x",
      load: (command, scratch) => ({
        command: [
          file!,
          join(project, "node_modules/0x/cmd.js"),
          "--collect-only",
          "--output-dir",
          scratch,
          "--",
          file!,
          ...own,
          ...command,
        ],
      }),
    },
  ];
  const bare = { name: "bare", load: withFlags() };
  const serial = { name: "profsrv --serial", load: ours("--serial") };
  const many: Profiler[] = [
    bare,
    { name: "profsrv", load: ours() },
    serial,
    {
      name: "profsrv, stopped",
      load: (command, scratch) => ({ ...ours()(command, scratch), isWrapperStopped: true }),
    },
    ...INTERVALS.slice(0, 2).map(cpuProf),
    ...foreign,
    ...INTERVALS.map((interval) => ({
      name: `profsrv ${interval}`,
      load: ours("--interval", String(interval)),
    })),
  ];
  const oneByOne: Profiler[] = [
    bare,
    serial,
    { name: "profsrv --calls", load: ours("--calls") },
    { name: "profsrv --profiler heap", load: ours("--profiler", "heap") },
  ];
  return [{ connections: 16, profilers: many }, { connections: 1, profilers: oneByOne }];
}

interface Result extends Measured {
  /** Of those answered, how many are in profsrv's index; undefined for others. */
  readonly captured: number | undefined;
}

/** One round: what each profiler cost, in their order. */
async function measureAll(
  { connections, profilers }: Group,
  command: readonly string[],
): Promise<Result[]> {
  const scratch = mkdtempSync(join(scratches, "profsrv-bench-"));
  try {
    const directories = profilers.map((_, i) => join(scratch, String(i)));
    const loads = profilers.map((profiler, i) => {
      mkdirSync(directories[i]!);
      const load = profiler.load(command, directories[i]!);
      // Some of them write to where they run.
      return { ...load, connections, env: { ...load.env, TMPDIR: scratches }, cwd: directories[i]! };
    });
    const measured = await measureInTurn(loads, { rest, seconds });
    return measured.map((result, i) => {
      const isOurs = profilers[i]!.name.startsWith("profsrv");
      const captured = isOurs
        ? JSON.parse(readFileSync(join(directories[i]!, "run.json"), "utf8")).totals.requests
        : undefined;
      return { ...result, captured };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const extras: readonly Extra<Result>[] = [
  { head: "RSS MB", of: (own) => (median(own.map((it) => it.rss)) / 2 ** 20).toFixed(0) },
  {
    head: "startup ms",
    of: (own, bare) =>
      ((median(own.map((it) => it.startup)) - median(bare.map((it) => it.startup))) / 1000).toFixed(0),
  },
  {
    head: "lost",
    of: (own) =>
      own[0]!.captured === undefined
        ? "-"
        : String(own.reduce((sum, it) => sum + Math.max(0, it.answered - it.captured!), 0)),
  },
];

const project = await installedProject("bench");
if (project === undefined) throw new Error("The other profilers are not there yet: MATRIX=all fetches them");
for (const runtime of await runtimes()) {
  const name = `${runtime.kind} ${runtime.version}`;
  if (values.runtime !== undefined && !name.includes(values.runtime)) continue;
  for (const server of SERVERS[runtime.kind]) {
    if (values.server !== undefined && values.server !== server) continue;
    const app = runtime.kind === "node" ? join(project, "servers.mjs") : resolve("test/bench/server/deno.ts");
    for (const { connections, profilers } of groupsFor(runtime, project)) {
      const [bare, ...others] = profilers;
      const chosen = others.filter((it) => values.profiler?.split(";").includes(it.name) ?? true);
      if (chosen.length === 0) continue;
      const rows = [bare!, ...chosen];
      const results = rows.map((): Result[] => []);
      for (let round = 0; round < rounds; round++) {
        const measured = await measureAll({ connections, profilers: rows }, [app, server]);
        for (const [i, result] of measured.entries()) results[i]!.push(result);
      }
      const clients = connections === 1 ? "1 connection" : `${connections} connections`;
      console.log(`\n${name}, ${server}: ${rounds} rounds of ${seconds} s, ${clients}; ratios to bare`);
      printPhases(new Map(rows.map(({ name }, i) => [name, results[i]!])), extras);
    }
  }
}
