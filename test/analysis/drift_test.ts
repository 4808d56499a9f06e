/** What runs of one program differ by as a whole, where few functions are known: short runs with one or two routes. */
import assert from "node:assert/strict";
import { changesOf } from "../../src/analysis/change.ts";
import { compareRuns, routesMaybeOver, routesOver } from "../../src/analysis/comparison.ts";
import { functionDrift, machineDrift, routeDrift } from "../../src/analysis/drift.ts";
import { addToSeries, type RunSeries } from "../../src/analysis/route_series.ts";
import { type ProfiledRun, RunFunctions } from "../../src/analysis/run_functions.ts";
import { seededRandom } from "../../src/analysis/statistics.ts";
import { entryOf } from "../cli/entries.ts";
import { fromFolded } from "../support/folded.ts";
import { syntheticRun } from "./synthetic_run.ts";

/** A run of one route whose requests take so long, one after another, in these functions alike. */
function runOf(times: readonly number[], names: readonly string[] = ["work"]): ProfiledRun {
  const series: RunSeries = new Map();
  const functions = new RunFunctions();
  for (const [index, cpu] of times.entries()) {
    const entry = entryOf({ route: "/", cpu, duration: cpu + 1, blocked: 0, wait: 1, files: ["a.folded"] });
    addToSeries(series, entry, index);
    const stacks = names.map((name) => `handle;${name} 1000`).join("\n");
    functions.add("GET /", { index, samples: names.length }, fromFolded(stacks));
  }
  return { series, functions };
}

/** Times about a middle, which differ by a tenth; `warm` times as long at first. */
function timesAbout(
  middle: number,
  { seed, requests = 60, warm = 1 }: { seed: number; requests?: number; warm?: number },
): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: requests }, (_, index) => {
    const isCold = index < requests / 2;
    return middle * (isCold ? warm : 1) * (0.95 + 0.1 * random());
  });
}

Deno.test("where few functions are known, a machine that is busier in the whole second run is neither a slower route nor a slower function", () => {
  const names = ["parse", "render"];
  const before = runOf(timesAbout(10, { seed: 1, requests: 400 }), names);
  const after = runOf(timesAbout(11.2, { seed: 2, requests: 400 }), names);
  const { routes, functions } = compareRuns(before, after);
  assert.equal(functions.change, undefined);
  assert.ok(functions.functions.every(({ change }) => change! > 0.1));
  assert.deepEqual(functions.functions.map(({ verdict }) => verdict), ["same", "same"]);
  assert.deepEqual(routes.map(({ verdict }) => verdict), ["same"]);
});

Deno.test("functions drift by no less than the routes that they are of", () => {
  for (const common of [undefined, 0, 0.3]) {
    for (const machine of [0, 0.1]) {
      const of = { common, machine };
      assert.ok(functionDrift({ ...of, part: 1, runtime: 0 }) >= routeDrift("cpu", of));
    }
  }
});

for (const [factor, warm] of [[2, 1], [3, 1], [2, 1.5], [3, 1.5]] as const) {
  Deno.test(`sixty requests that take ${factor} times as long are certainly slower, ${warm} times as long before the server is warm`, () => {
    const before = runOf(timesAbout(4, { seed: 1, warm }));
    const comparison = compareRuns(before, runOf(timesAbout(4 * factor, { seed: 2, warm })));
    const [route] = comparison.routes;
    assert.deepEqual([route?.verdict, route?.cpu.verdict], ["slower", "slower"]);
    assert.equal(comparison.functions.functions[0]?.verdict, "slower");
    assert.deepEqual(routesOver(comparison, 0.1), [route]);
  });
}

Deno.test("a server that gets warm in both runs alike is no machine that changes: a quarter more is certain", () => {
  const before = runOf(timesAbout(4, { seed: 1, warm: 1.15 }));
  const after = runOf(timesAbout(5, { seed: 2, warm: 1.15 }));
  assert.ok(machineDrift(before.series, after.series) < 0.01);
  const comparison = compareRuns(before, after);
  assert.equal(comparison.routes[0]?.cpu.verdict, "slower");
  assert.equal(routesOver(comparison, 0.1).length, 1);
  const busier = runOf(timesAbout(5, { seed: 2, warm: 1.15 * 1.4 }));
  const drift = machineDrift(before.series, busier.series);
  assert.ok(Math.abs(drift - 0.1) < 1e-9, `the most: ${drift}`);
});

Deno.test("what differs within one run only is half of that from run to run", () => {
  const [even, uneven] = [1, 1.12].map((warm) =>
    runOf(timesAbout(10, { seed: 1, requests: 2000, warm })).series
  );
  const drift = machineDrift(even!, uneven!);
  assert.ok(Math.abs(drift - Math.log(1.12) / 2) < 0.003, String(drift));
  assert.equal(drift, machineDrift(uneven!, even!));
});

Deno.test("routes of few requests do not tell how the machine changed; where all are such, nothing does", () => {
  const series = (rare: readonly number[]): RunSeries => {
    const run = runOf(timesAbout(10, { seed: 1 })).series;
    for (const [index, cpu] of rare.entries()) addToSeries(run, entryOf({ route: "/rare", cpu }), index);
    return run;
  };
  const alone = machineDrift(series([]), series([]));
  assert.equal(alone, 0);
  assert.equal(machineDrift(series([500]), series([500, 4])), alone);
  const few = timesAbout(100, { seed: 3, requests: 39, warm: 3 });
  assert.equal(machineDrift(series(few), series([...few, 100])), alone);
  const rare = runOf(few).series;
  assert.equal(machineDrift(rare, rare), 0.1);
  assert.equal(machineDrift(new Map(), new Map()), 0.1);
});

Deno.test("a block that stalled does not hide a change of all the others, nor is it one", () => {
  const list = (value: number, last = value) => [...new Array<number>(19).fill(value), last];
  const verdictOf = (before: number[], after: number[]) =>
    changesOf([{ before, after, drift: 0.02 }])[0]?.verdict;
  assert.equal(verdictOf(list(1), list(2, 20)), "slower");
  assert.equal(verdictOf(list(1, 20), list(2)), "slower");
  assert.equal(verdictOf(list(2, 20), list(1)), "faster");
  assert.equal(verdictOf(list(1), list(1, 20)), "same");
});

Deno.test("what all functions changed by is not over a limit, what is not certain is told apart", () => {
  const base = syntheticRun({ seed: 1 });
  const slow = compareRuns(base, syntheticRun({ seed: 4, machine: 1.25, slower: { hash: 1.7 } }));
  const login = slow.routes.find(({ route }) => route === "GET /login")!;
  assert.ok(login.cpu.verdict === "slower" && login.cpu.change! > 0.8, String(login.cpu.change));
  const over = (share: number) => routesOver(slow, share).map(({ route }) => route);
  assert.deepEqual([over(0.3), over(0.75)], [["GET /login"], []]);
  assert.deepEqual(routesMaybeOver(slow, 0.75), []);
  const [few, longer] = [4, 5].map((it) => runOf(timesAbout(it, { seed: 1, requests: 30 })));
  const short = compareRuns(few!, longer!);
  assert.deepEqual(
    [0.1, 0.3].map((it) => [routesOver(short, it).length, routesMaybeOver(short, it).length]),
    [
      [0, 1],
      [0, 0],
    ],
  );
});
