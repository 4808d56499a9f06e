/**
 * How often `profsrv diff` is right: whether two runs of the same server have no significant change, and whether the one
 * function that takes a fifth longer is named first.
 *
 *     deno run -A test/bench/diff.ts [--runs 8] [--seconds 25] [--rate 250] [--pairs 100] [--times 1] [--keep DIR]
 *
 * Of the runs, one after the other, two are of the server, two of one whose `price` is slower, and so on. Real pairs: each two runs that follow each other, as
 * docs/diff.md says to make them, and then all pairs, hours apart. Simulated pairs, as many
 * as asked for: each run of a pair, `--times` as long as a real one, is put together from stretches of 1/40 of a real one, drawn with replacement, so
 * neighbours depend on each other as they did; a slower function is one whose share of each request's cpu is made longer. `--keep` leaves
 * the runs in a directory, or takes those that are there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { compareRuns, culpritOf } from "../../src/analysis/comparison.ts";
import { type ProfiledRequest, type ProfiledRun, RunFunctions } from "../../src/analysis/run_functions.ts";
import type { RouteSeries } from "../../src/analysis/route_series.ts";
import { seededRandom } from "../../src/analysis/statistics.ts";
import { readComparedRun } from "../../src/cli/compared_run.ts";
import { runtimes } from "../support/runtimes.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "8" },
    seconds: { type: "string", default: "25" },
    rate: { type: "string", default: "250" },
    pairs: { type: "string", default: "100" },
    times: { type: "string", default: "1" },
    keep: { type: "string" },
  },
});
const SLOWER = 1.2;
const STRETCHES = 40;
/** Simulated runs are so many times as long as real ones. */
const TIMES = Number(values.times);
const FUNCTIONS = ["hash", "session", "price", "render", "aggregate", "chart"];
const here = join(import.meta.dirname!, "compared");
const bundle = join(here, "..", "..", "..", "dist", "profsrv.mjs");
const node = (await runtimes()).filter(({ kind }) => kind === "node").at(-1)?.path;
if (node === undefined) throw new Error("There is no Node: make build fetches it");

function record(directory: string, slower: string): void {
  const load = `"${node}" "${join(here, "load.mjs")}"`;
  // Inlined functions would be their caller's: which ones V8 inlines differs by run.
  const server = [node!, "--no-turbo-inlining", "--no-maglev-inlining", join(here, "server.mjs")];
  const options = ["--quiet", "--interval", "250", "--prof-path", directory, "--on-listen", load];
  const env = { ...process.env, SLOWER: slower, RATE: values.rate, SECONDS: values.seconds };
  const { status } = spawnSync(node!, [bundle, ...options, ...server], { env, stdio: "inherit" });
  if (status !== 0) throw new Error(`profsrv ended with ${status}`);
}

async function recorded(root: string, name: string, slower = ""): Promise<ProfiledRun> {
  const directory = join(root, name);
  if (!existsSync(directory)) record(directory, slower);
  const run = await readComparedRun(name, directory, { show() {}, clear() {} });
  if (run === undefined) throw new Error(`there is no run in ${directory}`);
  const medians = [...run.series.values()].map((it) => `${it.name} ${median(it.cpu)} ms`).join(", ");
  console.log(`${name}: ${run.requests} requests, ${run.profiles.found} profiles read; own cpu ${medians}`);
  return run;
}

function median(values: readonly number[]): string {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!.toFixed(2);
}

/** A run put together from stretches of another; all routes of a stretch are from the same time. */
function resampled({ series, functions }: ProfiledRun, random: () => number, slower?: string): ProfiledRun {
  const starts = Array.from({ length: TIMES * STRETCHES }, () => random() * (1 - 1 / STRETCHES));
  const slow = new Set(functions.frames.flatMap(({ name }, index) => name === slower ? [index] : []));
  const made = new RunFunctions();
  const out: ProfiledRun = { series: new Map(), functions: made };
  made.frames.push(...functions.frames);
  for (const [name, route] of series) {
    const times: Pick<RouteSeries, "order" | "cpu" | "duration" | "blocked" | "alloc"> = {
      order: [],
      cpu: [],
      duration: [],
      blocked: [],
      alloc: [],
    };
    const byIndex = new Map((functions.routes.get(name) ?? []).map((it) => [it.index, it]));
    const mean = meanShare([...byIndex.values()], slow);
    const profiled: ProfiledRequest[] = [];
    for (const start of starts) {
      const first = Math.floor(start * route.cpu.length);
      for (let i = first; i < first + Math.floor(route.cpu.length / STRETCHES); i++) {
        const profile = byIndex.get(i);
        const share = profile === undefined ? mean : meanShare([profile], slow);
        const added = route.cpu[i]! * share * (SLOWER - 1);
        if (profile !== undefined) profiled.push(stretched(profile, times.cpu.length, { slow, share }));
        times.order.push(times.cpu.length);
        times.cpu.push(route.cpu[i]! + added);
        times.duration.push(route.duration[i]! + added);
        times.blocked.push(route.blocked[i]!);
      }
    }
    // As if all had a profile: the sums are of the real run.
    const written = times.cpu.map((_, index) => ({ index, samples: 1, files: [] }));
    out.series.set(name, { name, isPattern: true, ...times, written });
    made.routes.set(name, profiled);
  }
  return out;
}

function meanShare(profiles: readonly ProfiledRequest[], functions: ReadonlySet<number>): number {
  if (profiles.length === 0) return 0;
  const own = profiles.flatMap(({ shares }) => shares.filter((it) => functions.has(it.function)));
  return own.reduce((sum, it) => sum + it.own, 0) / profiles.length;
}

function stretched(
  { samples, shares }: ProfiledRequest,
  index: number,
  { slow, share }: { readonly slow: ReadonlySet<number>; readonly share: number },
): ProfiledRequest {
  const longer = 1 + share * (SLOWER - 1);
  return {
    index,
    samples: samples * longer,
    shares: shares.map((it) => {
      const factor = (slow.has(it.function) ? SLOWER : 1) / longer;
      return { ...it, self: it.self * factor, own: it.own * factor };
    }),
  };
}

function isQuiet(before: ProfiledRun, after: ProfiledRun): boolean {
  const { routes, functions } = compareRuns(before, after);
  return [...routes, ...functions.functions].every(({ verdict }) =>
    verdict === "same" || verdict === "unknown"
  );
}

interface Found {
  /** It is the first in the table. */
  readonly first: boolean;
  /** It is said to be the slower function. */
  readonly named: boolean;
}

function foundBy(before: ProfiledRun, after: ProfiledRun, name: string): Found {
  const comparison = compareRuns(before, after);
  return {
    first: comparison.functions.functions[0]?.frame.name === name,
    named: culpritOf(comparison)?.frame.name === name,
  };
}

function rates(what: string, results: readonly Found[]): void {
  rate(`${what}, first in the table`, results.map(({ first }) => first));
  rate(`${what}, named as significantly slower`, results.map(({ named }) => named));
}

function rate(what: string, results: readonly boolean[]): void {
  console.log(`${what}: ${results.filter(Boolean).length} of ${results.length}`);
}

const root = values.keep ?? mkdtempSync(join(tmpdir(), "profsrv-bench-"));
mkdirSync(root, { recursive: true });
try {
  const all: { readonly run: ProfiledRun; readonly isSlow: boolean }[] = [];
  for (let i = 0; i < Number(values.runs); i++) {
    const isSlow = i % 4 >= 2;
    all.push({ run: await recorded(root, String(i + 1), isSlow ? `price:${SLOWER}` : ""), isSlow });
  }
  const two = all.flatMap((before, i) => all.slice(i + 1).map((after, at) => ({ before, after, at })));
  for (
    const [what, chosen] of [["one after the other", two.filter(({ at }) => at === 0)], ["all", two]] as const
  ) {
    const same = chosen.filter(({ before, after }) => before.isSlow === after.isSlow);
    rate(
      `real, ${what}, same server, no significant change`,
      same.map(({ before, after }) => isQuiet(before.run, after.run)),
    );
    const changed = chosen.filter(({ before, after }) => before.isSlow !== after.isSlow)
      .map(({ before, after }) => before.isSlow ? [after, before] as const : [before, after] as const);
    rates(`real, ${what}, price 20 % slower`, changed.map(([a, b]) => foundBy(a.run, b.run, "price")));
  }
  const runs = all.filter(({ isSlow }) => !isSlow).map(({ run }) => run);
  const pairs = runs.flatMap((a, i) => runs.slice(i + 1).map((b) => [a, b] as const));

  const random = seededRandom(1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const pairsOf = <T>(one: (index: number) => T) =>
    Array.from({ length: Number(values.pairs) }, (_, index) => one(index));
  for (const [what, two] of [["both of one real run", false], ["of two real runs", true]] as const) {
    const drawn = () => {
      const run = pick(runs);
      return two ? pick(pairs) : [run, run] as const;
    };
    rate(
      `simulated, ${what}, no significant change`,
      pairsOf(() => {
        const [a, b] = drawn();
        return isQuiet(resampled(a, random), resampled(b, random));
      }),
    );
    rates(
      `simulated, ${what}, a function 20 % slower`,
      pairsOf((index) => {
        const [[a, b], name] = [drawn(), FUNCTIONS[index % FUNCTIONS.length]!];
        return foundBy(resampled(a, random), resampled(b, random, name), name);
      }),
    );
  }
} finally {
  if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
}
