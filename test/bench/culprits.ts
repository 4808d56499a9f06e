/**
 * How well a run names culprits: /hog computes for 80 ms while /victim waits, and /late is sent meanwhile. A round is right where
 * index, line and report name /hog and its function, and the time is within 2 ms of what the server itself has seen, which is between the
 * last line of its handler and the next turn of the event loop. Prints a table: rounds that are wrong, then how far `duration + queued` of /late was from what its client saw (least, median and most), and `queued`
 * of requests that came one by one to an idle server.
 *
 *     deno task bench:culprits [--runtime "node 26"] [--rounds 200] [--verbose]
 *
 * Where it may (as root) the client takes the processor before others: what it waits for one is no time in a socket.
 */
import { execFile } from "node:child_process";
import { setPriority } from "node:os";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import type { IndexEntry } from "../../src/store/entry.ts";
import { appPath, ask, forms, profiled, type Run, type Started } from "../support/profiled.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";

const { values } = parseArgs({
  options: {
    runtime: { type: "string" },
    rounds: { type: "string", default: "200" },
    verbose: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
/** Milliseconds. */
const TOLERANCE = 2;
const pause = () => new Promise((resolve) => setTimeout(resolve, 60));

const AHEAD = 10;
/** What starts the server: as if its client had not been put ahead. */
const asUsual: readonly string[] = (() => {
  try {
    setPriority(-AHEAD);
    return ["nice", "-n", String(AHEAD)];
  } catch {
    return [];
  }
})();

/** What the clients and the server have seen of a round: milliseconds. */
interface Round {
  /** How long the handler of /hog took, and until the event loop went on. */
  readonly hog: number;
  readonly hogAtMost: number;
  readonly late: number;
}

/** Asks and takes the time until the whole answer is there, from before its connection is opened. */
async function timed(port: number, path: string): Promise<number> {
  const start = performance.now();
  await ask(port, path, { agent: false });
  return performance.now() - start;
}

async function round(server: Started, port: number): Promise<Round> {
  const seen = server.stdout.length;
  const after = (text: string) => server.printed(new RegExp(`^[^]{${seen},}${text}`));
  const victim = ask(port, "/victim", { agent: false });
  await after("victim\n");
  const hog = ask(port, "/hog", { agent: false });
  await after("hog begins");
  const [late] = await Promise.all([timed(port, "/late"), victim, hog]);
  const [, hogTook, hogAtMost] = await after("hog ([\\d.]+) ([\\d.]+)\n");
  return { hog: Number(hogTook), hogAtMost: Number(hogAtMost), late };
}

/** What `report --json` says while the run's directory is there. */
async function reportOf(directory: string): Promise<string> {
  const [file = "", ...args] = forms.executable;
  const { stdout } = await promisify(execFile)(file, [...args, "report", "--json", directory], {
    maxBuffer: 100_000_000,
  });
  return stdout;
}

/** A run's rounds, those asked of an idle server, and what the report says. */
async function measure({ kind, path }: Runtime): Promise<{ run: Run; seen: Round[]; report: string }> {
  const seen: Round[] = [];
  let report = "";
  const args = kind === "deno" ? ["run", "-A"] : [];
  const run = await profiled([...asUsual, path, ...args, appPath("blocking.cjs")], async (server) => {
    const port = Number((await server.printed(/port (\d+)/))[1]);
    // Warm: what is done for the first time takes time of its own.
    for (const path of ["/hog", "/late", "/after"]) await ask(port, path, { agent: false });
    await server.printed(/later [\d.]+/);
    for (let i = 0; i < rounds; i++) {
      seen.push(await round(server, port));
      // More than some lines a second are only counted.
      await pause();
    }
    await ask(port, "/end", { agent: false });
    await server.printed(/"GET \/end /, "stderr");
    const directory = /--prof-path (\S+)/.exec(server.child.spawnargs.join(" "))![1]!;
    report = await reportOf(directory);
    for (let i = 0; i < rounds; i++) {
      await pause();
      await ask(port, "/idle", { agent: false });
    }
    server.kill("SIGTERM");
  });
  return { run, seen, report };
}

function isSeen(time: number, { hog, hogAtMost }: Round): boolean {
  return time >= hog - TOLERANCE && time <= hogAtMost + TOLERANCE;
}

/** The sentences about what is wrong in a round. */
function faults(victim: IndexEntry, hog: IndexEntry, lines: readonly string[], seen: Round): string[] {
  const [first] = victim.blockers ?? [];
  const wrong: string[] = [];
  if (first?.id !== hog.id) wrong.push(`held up by ${JSON.stringify(victim.blockers)}`);
  else if (!isSeen(first.ms, seen)) wrong.push(`${first.ms} ms for ${seen.hog} to ${seen.hogAtMost}`);
  if (!isSeen(hog.cpu, seen)) wrong.push(`its cpu ${hog.cpu} ms for ${seen.hog} to ${seen.hogAtMost}`);
  if (hog.hot?.function !== "burnHog") wrong.push(`hot ${JSON.stringify(hog.hot)}`);
  if (!lines.some((line) => /blocked \(GET \/hog: burnHog/.test(line))) wrong.push(`line ${lines.join()}`);
  return wrong;
}

function spread(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  return [0, sorted.length >> 1, sorted.length - 1].map((at) => (sorted[at] ?? NaN).toFixed(1).padStart(6))
    .join(" ");
}

console.log(
  "runtime      wrong  in report  late: (duration + queued) - client's  named  idle: queued > 0, most",
);
for (const runtime of await runtimes()) {
  const name = `${runtime.kind} ${runtime.version}`;
  if (values.runtime !== undefined && !name.includes(values.runtime)) continue;
  const { run, seen, report } = await measure(runtime);
  const of = (path: string, skipped = 0) => run.index.filter((it) => it.path === path).slice(skipped);
  const [victims, hogs, lates] = [of("/victim"), of("/hog", 1), of("/late", 1)];
  const linesOf = (path: string) => run.stderr.split("\n").filter((line) => line.includes(`"GET ${path} `));
  const [victimLines, lateLines] = [linesOf("/victim"), linesOf("/late").slice(1)];
  const wrong = seen.map((it, i) => faults(victims[i]!, hogs[i]!, [victimLines[i] ?? ""], it));
  if (values.verbose) wrong.forEach((it, i) => it.length > 0 && console.log(i, it.join("; ")));
  const excess = seen.map(({ late }, i) => lates[i]!.duration + (lates[i]!.queued ?? 0) - late);
  if (values.verbose) {
    for (const [i, it] of excess.entries()) {
      const { duration, queued, cpu, blocked } = lates[i]!;
      const what = JSON.stringify({
        duration,
        queued,
        cpu,
        blocked,
        client: seen[i]!.late,
        hog: seen[i]!.hog,
      });
      if (it < -TOLERANCE || it > 2 * TOLERANCE) console.log(i, `late is ${it.toFixed(1)} ms off`, what);
    }
  }
  const idle = of("/idle").map(({ queued = 0 }) => queued);
  const named = lateLines.filter((line) => /queued up to [\d.]+ ms[^)]*GET \/hog/.test(line)).length;
  const { requests } = { requests: run.index.length };
  console.log(
    name.padEnd(13),
    String(wrong.filter((it) => it.length > 0).length).padStart(4),
    /burnHog/.test(report) && /GET \/hog/.test(report) ? "       yes" : "        no",
    `             ${spread(excess)}`.padEnd(40),
    `${named}/${lateLines.length}`.padStart(7),
    `${idle.filter((it) => it > 0).length} of ${idle.length}, ${Math.max(...idle).toFixed(1)}`.padStart(16),
    requests === 4 + 4 * rounds ? "" : `${requests} requests`,
  );
  process.stdout.write("");
}
