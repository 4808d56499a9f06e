import assert from "node:assert/strict";
import { type KeptFile, type KeptFiles, type Limits, rankOf, Retention } from "../../src/store/retention.ts";
import { testRandomly } from "../support/random.ts";

function file(name: string): KeptFile {
  return { name, identity: "" };
}

const ROOMY = { maxFiles: 1e9, maxSize: 1e9 };

/** One request after another, as `route duration`, with `!` if it failed; gives what is kept in the end, by route. */
function keep(limits: Partial<Limits>, requests: readonly string[], size = 1): Record<string, number[]> {
  const retention = new Retention({ ...ROOMY, ...limits });
  const kept = new Set<KeptFiles>();
  for (const [i, text] of requests.entries()) {
    const [, route = "", duration, failed] = /^(\S+) (\d+)(!?)$/.exec(text) ?? [];
    add(retention, kept, {
      route,
      rank: rankOf(Number(duration), failed === "!"),
      files: [file(`${i}`)],
      size,
    });
  }
  return Object.fromEntries(
    [...Map.groupBy(kept, ({ route }) => route)].map(([route, all]) => [
      route,
      all.map(({ rank }) => rank % 1e12).sort((a, b) => b - a),
    ]),
  );
}

/** As the store does it. */
function add(retention: Retention, kept: Set<KeptFiles>, files: KeptFiles): boolean {
  const isAdmitted = retention.admits(files.route, files.rank, files.files.length);
  const victims = isAdmitted ? retention.add(files) : undefined;
  if (victims === undefined) return false;
  for (const victim of victims) assert.ok(kept.delete(victim), "what is displaced was kept");
  kept.add(files);
  return true;
}

Deno.test("while there is room all are kept", () => {
  assert.deepEqual(keep({ maxFiles: 3 }, ["a 1", "b 2", "a 3"]), { a: [3, 1], b: [2] });
});

Deno.test("a single route keeps its slowest", () => {
  assert.deepEqual(keep({ maxFiles: 2 }, ["a 5", "a 1", "a 3", "a 9", "a 2"]), { a: [9, 5] });
});

Deno.test("a route with fewer displaces the fastest of the route with most", () => {
  assert.deepEqual(keep({ maxFiles: 4 }, ["a 10", "a 20", "a 30", "a 40", "b 1"]), {
    a: [40, 30, 20],
    b: [1],
  });
  assert.deepEqual(keep({ maxFiles: 4 }, ["a 10", "a 20", "a 30", "a 40", "b 1", "b 2", "b 3"]), {
    a: [40, 30],
    b: [3, 2],
  });
});

Deno.test("where a route has many, only one that is among its 100 slowest displaces another, or one that failed", () => {
  const all = Array.from({ length: 200 }, (_, i) => `a ${i + 1}`);
  const { a } = keep({ maxFiles: 200 }, [...all, "a 50", "a 101", "a 102", "a 150", "a 1!"]);
  assert.equal(a?.length, 200);
  const displaced = ["a 1", "a 2", "a 3"];
  const expected = [...all.filter((it) => !displaced.includes(it)), "a 102", "a 150", "a 1"];
  assert.deepEqual(a, expected.map((it) => Number(it.slice(2))).sort((x, y) => y - x));
});

Deno.test("a failed request ranks above every slow one", () => {
  assert.deepEqual(keep({ maxFiles: 2 }, ["a 900", "a 800", "a 1!", "a 850"]), { a: [900, 1] });
});

Deno.test("with more routes than files the slowest routes stay", () => {
  assert.deepEqual(keep({ maxFiles: 2 }, ["a 5", "b 1", "c 3", "d 2"]), { a: [5], c: [3] });
});

Deno.test("nothing is kept where nothing may be, or where a file is larger than all may be", () => {
  assert.deepEqual(keep({ maxFiles: 0 }, ["a 5"]), {});
  assert.deepEqual(keep({ maxSize: 9 }, ["a 5"], 10), {});
});

Deno.test("bytes are a limit as files are", () => {
  assert.deepEqual(keep({ maxSize: 30 }, ["a 10", "a 20", "a 30", "a 40", "b 1"], 10), {
    a: [40, 30],
    b: [1],
  });
});

Deno.test("a large file displaces several or none", () => {
  const retention = new Retention({ maxFiles: 10, maxSize: 30 });
  const kept = new Set<KeptFiles>();
  for (const rank of [1, 2, 50]) {
    add(retention, kept, { route: "a", rank, files: [file(`${rank}`)], size: 10 });
  }
  assert.equal(add(retention, kept, { route: "a", rank: 40, files: [file("40")], size: 25 }), false);
  assert.deepEqual([...kept].map(({ rank }) => rank), [1, 2, 50]);
  assert.ok(add(retention, kept, { route: "a", rank: 30, files: [file("30")], size: 20 }));
  assert.deepEqual([...kept].map(({ rank }) => rank), [50, 30]);
  assert.equal(retention.size, 30);
});

testRandomly(
  "of random requests each route keeps its slowest, and no more are written than needed",
  200,
  (random) => {
    const maxFiles = random.integer(1, 40);
    const routes = random.integer(1, 20);
    const retention = new Retention({ maxFiles, maxSize: 1e9 });
    const kept = new Set<KeptFiles>();
    const all: KeptFiles[] = [];
    let written = 0;
    for (let i = 0; i < 2000; i++) {
      // A few routes have most of the requests.
      const route = `${Math.min(random.integer(0, routes - 1), random.integer(0, routes - 1))}`;
      const files = { route, rank: random.integer(0, 1e9), files: [file(`${i}`)], size: 1 };
      all.push(files);
      if (add(retention, kept, files)) written++;
      assert.ok(kept.size <= maxFiles);
    }
    assert.equal(kept.size, Math.min(maxFiles, all.length));
    const slowest = [...Map.groupBy(all, ({ route }) => route).values()]
      .map((of) => of.reduce((a, b) => b.rank > a.rank ? b : a)).sort((a, b) => b.rank - a.rank);
    for (const one of slowest.slice(0, maxFiles)) assert.ok(kept.has(one), `the slowest of ${one.route}`);
    // The expected number of records in n random numbers is logarithmic; for k places k (1 + ln n/k).
    assert.ok(
      written <= 4 * maxFiles * (1 + Math.log(2000 / maxFiles)) + 4 * routes,
      `${written} of ${maxFiles}`,
    );
  },
);
