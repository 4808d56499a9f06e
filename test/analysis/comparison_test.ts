import assert from "node:assert/strict";
import { changesOf, RULES } from "../../src/analysis/change.ts";
import { compareRuns, culpritOf, routesOver } from "../../src/analysis/comparison.ts";
import { seededRandom } from "../../src/analysis/statistics.ts";
import { entryOf } from "../cli/entries.ts";
import { fromFolded } from "../support/folded.ts";
import { addToSeries, type RunSeries } from "../../src/analysis/route_series.ts";
import { type ProfiledRun, RunFunctions } from "../../src/analysis/run_functions.ts";
import { withSameNames } from "../../src/analysis/same_names.ts";
import { SHOP, syntheticRun } from "./synthetic_run.ts";

const base = syntheticRun({ seed: 1 });

Deno.test("two runs of the same server have no change, and a run compared with itself none at all", () => {
  const { routes, functions } = compareRuns(base, syntheticRun({ seed: 2 }));
  assert.deepEqual(routes.map(({ verdict }) => verdict), ["same", "same", "same"]);
  assert.ok(functions.functions.length >= 7);
  assert.ok(functions.functions.every(({ verdict }) => verdict === "same"));
  for (const { cpu } of compareRuns(base, base).routes) {
    assert.deepEqual([cpu.change, cpu.verdict], [0, "same"]);
  }
});

for (const name of new Set(Object.values(SHOP).flatMap((it) => Object.keys(it)))) {
  Deno.test(`a function that takes a fifth longer is named first: ${name}`, () => {
    const comparison = compareRuns(base, syntheticRun({ seed: 3, slower: { [name]: 1.2 } }));
    const culprit = culpritOf(comparison);
    assert.equal(culprit?.frame.name, name);
    const route = Object.keys(SHOP).find((it) => name in SHOP[it]!)!;
    if (name !== "session") assert.equal(culprit.route, `GET ${route}`);
    assert.ok(Math.abs(culprit.change! - 0.2) < 0.08, String(culprit.change));
  });
}

Deno.test("where no change is certain, the function that most likely became slower is named first", () => {
  for (const [seed, name] of [[1004, "price"], [1028, "hash"]] as const) {
    const [before, after] = [{ seed, requests: 500 }, {
      seed: seed + 1,
      requests: 500,
      slower: { [name]: 1.2 },
    }];
    const [first] = compareRuns(syntheticRun(before), syntheticRun(after)).functions.functions;
    assert.deepEqual([first?.frame.name, first?.verdict], [name, "same"]);
  }
});

Deno.test("what became faster for certain does not stand before what most likely became slower", () => {
  const before = syntheticRun({ seed: 1004, requests: 500 });
  const after = syntheticRun({ seed: 1005, requests: 500, slower: { price: 1.2, aggregate: 0.5 } });
  const { functions } = compareRuns(before, after).functions;
  const [first, last] = [functions[0], functions.at(-1)].map((it) => [it?.frame.name, it?.verdict]);
  assert.deepEqual([first, last], [["price", "same"], ["aggregate", "faster"]]);
});

Deno.test("backwards it is the faster one, and nothing is slower", () => {
  const comparison = compareRuns(syntheticRun({ seed: 3, slower: { hash: 1.3 } }), base);
  assert.equal(culpritOf(comparison), undefined);
  const last = comparison.functions.functions.at(-1);
  assert.deepEqual([last?.frame.name, last?.verdict], ["hash", "faster"]);
  assert.deepEqual([comparison.routes[0]?.route, comparison.routes[0]?.verdict], ["GET /login", "faster"]);
});

Deno.test("on a slower machine no route is slower by itself, that is said, and the function that changed is named", () => {
  const slow = compareRuns(base, syntheticRun({ seed: 4, machine: 1.25 }));
  assert.ok(Math.abs(slow.functions.common - 0.25) < 0.05, String(slow.functions.common));
  assert.ok(
    slow.routes.every(({ cpu, duration }) => cpu.verdict === "same" && duration.verdict === "unknown"),
  );
  assert.ok(slow.routes.every(({ cpu }) => cpu.change! > 0.15), "what was measured is shown");
  assert.deepEqual([culpritOf(slow), routesOver(slow, 0.05)], [undefined, []]);
  const both = compareRuns(base, syntheticRun({ seed: 4, machine: 1.25, slower: { price: 1.3 } }));
  assert.equal(culpritOf(both)?.frame.name, "price");
  const back = compareRuns(syntheticRun({ seed: 4, machine: 1.25, slower: { price: 1.3 } }), base);
  assert.deepEqual([culpritOf(back), back.functions.functions.at(-1)?.frame.name], [undefined, "price"]);
});

Deno.test("one function in every route that became slower is no slower machine", () => {
  const routes = Object.fromEntries(
    Object.entries(SHOP).map(([name, functions]) => [name, { ...functions, middleware: 3 }]),
  );
  const before = syntheticRun({ seed: 1, routes });
  const comparison = compareRuns(before, syntheticRun({ seed: 2, routes, slower: { middleware: 1.6 } }));
  assert.equal(comparison.functions.common, 0);
  assert.ok(comparison.routes.every(({ cpu }) => cpu.verdict === "slower"));
  assert.equal(culpritOf(comparison)?.frame.name, "middleware");
});

Deno.test("other requests in another mix are no change of a function", () => {
  const comparison = compareRuns(base, syntheticRun({ seed: 5, requests: 4000, often: { "/report": 5 } }));
  assert.ok(comparison.functions.functions.every(({ verdict }) => verdict === "same"));
});

Deno.test("only what is slower for certain, and by more, is over a limit", () => {
  const comparison = compareRuns(base, syntheticRun({ seed: 6, slower: { hash: 1.4, chart: 1.1 } }));
  assert.deepEqual(routesOver(comparison, 0.1).map(({ route }) => route), ["GET /login"]);
  assert.deepEqual(routesOver(comparison, 0.5), []);
  const faster = compareRuns(syntheticRun({ seed: 6, slower: { hash: 1.4 } }), base);
  assert.deepEqual(routesOver(faster, 0), []);
});

Deno.test("a route that one run has not is new or gone, one with few requests is unknown, neither is over a limit", () => {
  const few = { "/rare": { rare: 3 } };
  const before = syntheticRun({ seed: 1, routes: { ...SHOP, "/old": { old: 1 } } });
  const after = syntheticRun({ seed: 2, routes: { ...SHOP, "/new": { fresh: 1 } } });
  const { routes } = compareRuns(before, after);
  const verdicts = Object.fromEntries(routes.map(({ route, verdict }) => [route, verdict]));
  assert.deepEqual([verdicts["GET /new"], verdicts["GET /old"]], ["new", "gone"]);
  const rare = compareRuns(
    syntheticRun({ seed: 1, routes: few, requests: 39 }),
    syntheticRun({ seed: 2, routes: few, requests: 500, machine: 9 }),
  );
  assert.equal(rare.routes[0]?.verdict, "unknown");
  assert.deepEqual(routesOver(rare, 0), []);
});

Deno.test("the same runs give the same comparison", () => {
  const after = syntheticRun({ seed: 3, slower: { hash: 1.2 } });
  assert.deepEqual(compareRuns(base, after), compareRuns(base, after));
});

Deno.test("a change that is smaller than what counts is none, however certain it is", () => {
  const random = seededRandom(1);
  const list = (scale: number) => Array.from({ length: 20 }, () => scale * (1 + 0.001 * random()));
  const [small, large, tiny] = changesOf([
    { before: list(10), after: list(10.4), drift: 0 },
    { before: list(10), after: list(10.7), drift: 0 },
    { before: list(0.01), after: list(0.02), drift: 0 },
  ]);
  assert.deepEqual([small?.verdict, large?.verdict, tiny?.verdict], ["same", "slower", "same"]);
  assert.ok(small!.low! > 0, "the interval alone would have called it one");
});

Deno.test("what runs of one program differ by as a whole is no change, however certain the blocks are, and is in the interval", () => {
  const random = seededRandom(1);
  const list = (scale: number) => Array.from({ length: 20 }, () => scale * (1 + 0.001 * random()));
  const of = (after: number, drift: number) =>
    changesOf([{ before: list(10), after: list(after), drift }])[0]!;
  assert.deepEqual([12, 20, 5].map((it) => of(it, 0.1).verdict), ["same", "slower", "faster"]);
  assert.deepEqual([12, 20, 5].map((it) => of(it, 0).verdict), ["slower", "slower", "faster"]);
  const { low, high } = of(12, 0.1);
  assert.ok(Math.abs(low! + 0.83) < 0.1 && Math.abs(high! - 4.83) < 0.1, `${low} ${high}`);
});

Deno.test("what was nothing before has no share of change, and can be slower", () => {
  const zeros = new Array<number>(20).fill(0);
  const [blocked] = changesOf([
    { before: zeros, after: zeros.map((_, index) => 3 + index / 10), drift: 0.1 },
  ]);
  assert.deepEqual([blocked?.change, blocked?.verdict], [null, "slower"]);
});

Deno.test("among many routes without a change none is called one", () => {
  const random = seededRandom(3);
  const list = () => Array.from({ length: 20 }, () => Math.exp(0.3 * random()));
  let false_ = 0;
  for (let round = 0; round < 20; round++) {
    const changes = changesOf(
      Array.from({ length: 50 }, () => ({ before: list(), after: list(), drift: 0 })),
    );
    if (changes.some(({ verdict }) => verdict !== "same")) false_++;
  }
  assert.ok(false_ <= 1, `${false_} of 20`);
  assert.equal(RULES.alpha, 0.01);
});

Deno.test("where only profiles of slow requests are left, functions are compared by the sums of all requests", () => {
  const few = syntheticRun({ seed: 1, kept: 200, requests: 6000 });
  const written = [...few.series.values()].reduce((sum, it) => sum + it.written.length, 0);
  assert.ok(written > 100 && written < 400, String(written));
  const same = compareRuns(few, syntheticRun({ seed: 2, kept: 200, requests: 6000 }));
  assert.deepEqual(same.functions.merged.length, 3);
  assert.ok(same.functions.functions.every(({ verdict }) => verdict === "same"));
  const whole = compareRuns(base, syntheticRun({ seed: 2 })).functions.functions;
  for (const { frame, own } of same.functions.functions.map((it) => ({ frame: it.frame, own: it.before }))) {
    const expected = whole.find((it) => it.frame.name === frame.name)!.before;
    assert.ok(Math.abs(own / expected - 1) < 0.12, `${frame.name} ${own} ${expected}`);
  }
  for (const name of ["hash", "price"]) {
    const after = syntheticRun({ seed: 3, kept: 200, requests: 6000, slower: { [name]: 1.3 } });
    const changed = compareRuns(few, after);
    assert.equal(culpritOf(changed)?.frame.name, name);
  }
  assert.ok(compareRuns(few, few).functions.functions.every(({ change }) => change === 0));
});

Deno.test("sums are compared with sums only: with a run that has none, the profiles that both have are", () => {
  const few = syntheticRun({ seed: 1, kept: 200 });
  assert.deepEqual(compareRuns(base, few).functions.merged, []);
  assert.deepEqual(compareRuns(few, base).functions.routes.length, 3);
});

Deno.test("many names in one place are one route in both runs, however few of them one run has, in the order of the run", () => {
  const run = (names: number, cpu: number): ProfiledRun => {
    const series: RunSeries = new Map();
    const functions = new RunFunctions();
    const counts = new Map<string, number>();
    for (let at = 0; at < 1200; at++) {
      const route = `/wiki/page${at % names}`;
      const files = ["a.folded"];
      addToSeries(
        series,
        entryOf({ route, cpu: cpu + at / 10_000, duration: cpu + 1, blocked: 0, wait: 1, files }),
        at,
      );
      const index = counts.get(route) ?? 0;
      counts.set(route, index + 1);
      functions.add(`GET ${route}`, { index, samples: 2 }, fromFolded("handle;page 1000"));
    }
    return { series, functions };
  };
  const [before, after] = withSameNames(run(150, 5), run(12, 6));
  assert.deepEqual([...before.series.keys(), ...after.series.keys()], ["GET /wiki/:x", "GET /wiki/:x"]);
  for (const { series, functions } of [before, after]) {
    const { cpu, written, order } = series.get("GET /wiki/:x")!;
    assert.deepEqual([cpu.length, written.length, order.length], [1200, 1200, 1200]);
    assert.deepEqual(cpu, [...cpu].sort((a, b) => a - b));
    const indexes = Array.from({ length: 1200 }, (_, at) => at);
    assert.deepEqual(functions.routes.get("GET /wiki/:x")!.map(({ index }) => index), indexes);
  }
  const { routes, functions } = compareRuns(run(150, 5), run(12, 6));
  assert.deepEqual(routes.map(({ route, verdict }) => [route, verdict]), [["GET /wiki/:x", "slower"]]);
  assert.equal(functions.functions[0]?.frame.name, "page");
});
