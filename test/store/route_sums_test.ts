import assert from "node:assert/strict";
import { mergedProfile } from "../../src/analysis/merged_profile.ts";
import { formats } from "../../src/formats/mod.ts";
import { isRoutesFile, readRoutes, ROUTES_HEAD, writeRoutes } from "../../src/formats/routes_pprof.ts";
import { checkProfile } from "../../src/profile/check.ts";
import type { RouteProfiles } from "../../src/profile/route_profiles.ts";
import { RouteSums } from "../../src/store/route_sums.ts";
import { inBytes } from "../formats/cases.ts";
import { fromFolded, requestProfileOf, stackText } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";

const GET = { method: "GET", status: 200 } as const;

/** Each route's stacks as `[stack, samples, time]`. */
function textOf({ frames, stacks, routes }: RouteProfiles): Record<string, [string, number, number][]> {
  const tables = { ...fromFolded(""), frames, stacks };
  return Object.fromEntries(routes.map(({ name, stacks }) => [
    name,
    stacks.map(({ stack, samples, time }) => [stackText(tables, stack), samples, time]),
  ]));
}

function timeOf(profiles: RouteProfiles, name: string): number {
  return profiles.routes.find((it) => it.name === name)!.stacks.reduce((sum, { time }) => sum + time, 0);
}

/** As they are read again. */
function written(sums: RouteSums): RouteProfiles {
  return readRoutes(writeRoutes(sums.profiles("r1")));
}

Deno.test("each sample counts as one, and all of a route stand for its measured cpu", () => {
  const sums = new RouteSums();
  const add = (route: string, cpu: number, folded?: string) =>
    sums.add({ ...GET, route, cpu }, folded === undefined ? undefined : requestProfileOf(folded));
  add("/a", 3, "x;y 100\n x;y 700\n (unsampled) 2200");
  add("/a", 0.5, "(unsampled) 500");
  add("/a", 0.5);
  add("/a", 1, "x;z 20\n x 30\n (garbage collector) 950");
  add("/b", 0.007, "(unsampled) 7");
  assert.deepEqual(textOf(written(sums)), {
    "GET /a": [["x;y", 2, 2000], ["x;z", 1, 1000], ["x", 1, 1000], ["(garbage collector)", 1, 1000]],
    "GET /b": [["(unsampled)", 0, 7]],
  });
  assert.deepEqual(written(sums).routes.map(({ requests }) => requests), [4, 1]);
});

testRandomly(
  "the total of each route is its measured cpu, and its samples are those of a slow count",
  3,
  (random) => {
    const pick = (most: number) => random.integer(0, most - 1);
    const sums = new RouteSums();
    const oracle = new Map<string, { cpu: number; requests: number; counts: Map<string, number> }>();
    for (let i = 0; i < 1000; i++) {
      const route = `/r${pick(12)}`;
      const lines = Array.from({ length: Math.max(0, pick(8) - 4) }, () => {
        return [Array.from({ length: 1 + pick(4) }, () => `f${pick(5)}`).join(";"), 1 + pick(2000)] as const;
      });
      const cpu = pick(40_000);
      sums.add(
        { ...GET, route, cpu: cpu / 1000 },
        requestProfileOf([...lines.map((it) => it.join(" ")), "(unsampled) 9"].join("\n")),
      );
      const slow = oracle.get(`GET ${route}`) ?? { cpu: 0, requests: 0, counts: new Map() };
      oracle.set(`GET ${route}`, slow);
      slow.cpu += cpu;
      slow.requests++;
      for (const [stack] of lines) slow.counts.set(stack, (slow.counts.get(stack) ?? 0) + 1);
    }
    const profiles = written(sums);
    assert.equal(profiles.routes.length, oracle.size);
    const text = textOf(profiles);
    for (const [name, { cpu, requests, counts }] of oracle) {
      const merged = mergedProfile(profiles, name)!;
      assert.deepEqual(checkProfile(merged.profile), []);
      assert.equal(timeOf(profiles, name), cpu);
      assert.equal(merged.request.cpu, cpu);
      assert.equal(profiles.routes.find((it) => it.name === name)!.requests, requests);
      assert.deepEqual(new Map(text[name]!.map(([stack, samples]) => [stack, samples])), counts);
      const all = [...counts.values()].reduce((sum, it) => sum + it, 0);
      assert.equal(merged.sampleCount, all);
      for (const [, samples, time] of text[name]!) assert.ok(Math.abs(time - cpu * samples / all) < 1);
      for (const { write } of formats) assert.ok(write(merged).length > 0);
    }
  },
);

Deno.test("bytes are added up as they are, and the sums go on in a later part of the run", () => {
  const bytes = (text: string, bytes: number) => {
    const subject = inBytes(requestProfileOf(text));
    return [{ ...GET, route: "/", cpu: 1, alloc: { bytes, hot: null } }, subject] as const;
  };
  const before = new RouteSums();
  before.add(...bytes("a 100\n a;b 30\n a 7", 137));
  const sums = new RouteSums();
  sums.add(bytes("", 137)[0]);
  assert.equal(sums.addSamples(written(before)), 3);
  sums.add(...bytes("a;b 3", 3));
  const profiles = written(sums);
  assert.equal(profiles.unit, "bytes");
  assert.deepEqual(textOf(profiles), { "GET /": [["a", 2, 107], ["a;b", 2, 33]] });
  const merged = mergedProfile(profiles, "GET /")!;
  assert.deepEqual([merged.profile.unit, merged.profile.endAt, checkProfile(merged.profile)], [
    "bytes",
    140,
    [],
  ]);
});

Deno.test("work outside of requests has a profile of its own", () => {
  const sums = new RouteSums();
  sums.addOutside(requestProfileOf("tick 30\n (profsrv) 10"));
  sums.add({ ...GET, route: "/", cpu: 1 });
  sums.addOutside(requestProfileOf("tick 60"));
  assert.deepEqual(textOf(written(sums)), {
    "GET /": [["(unsampled)", 0, 1000]],
    "(outside requests)": [["tick", 2, 66], ["(profsrv)", 1, 34]],
  });
});

Deno.test("an earlier part of the run goes on, and says how many samples it had", () => {
  const before = new RouteSums();
  before.add({ ...GET, route: "/a", cpu: 2 }, requestProfileOf("x 5\n y 5"));
  before.addOutside(requestProfileOf("tick 30"));
  const sums = new RouteSums();
  for (const cpu of [2, 4]) sums.add({ ...GET, route: "/a", cpu });
  assert.equal(sums.addSamples(written(before)), 2);
  sums.add({ ...GET, route: "/a", cpu: 3 }, requestProfileOf("y 1"));
  assert.deepEqual(textOf(written(sums)), {
    "GET /a": [["x", 1, 3000], ["y", 2, 6000]],
    "(outside requests)": [["tick", 1, 30]],
  });
});

Deno.test("many routes in one place are one; those with most cpu are told apart, the rest is (other)", () => {
  const sums = new RouteSums();
  const subject = requestProfileOf("x 5");
  for (let i = 0; i < 150; i++) sums.add({ ...GET, route: `/wiki/Page-${i}`, cpu: 1 }, subject);
  for (let i = 0; i < 5000; i++) {
    sums.add({ ...GET, route: `/p${i}/:id`, pattern: true, cpu: i === 0 ? 1000 : 1 }, subject);
  }
  const { routes } = written(sums);
  const requests = (name: string) => routes.find((it) => it.name === name)?.requests ?? 0;
  assert.equal(requests("GET /wiki/:x"), 150);
  assert.equal(requests("GET /p0/:id"), 1);
  assert.ok(routes.length <= 2003, `${routes.length} routes`);
  assert.equal(
    requests("(other)"),
    5000 + 150 - routes.reduce((sum, it) => sum + it.requests, 0) + requests("(other)"),
  );
  assert.ok(requests("(other)") >= 3000);
});

Deno.test("more stacks than are kept are counted as (other) in their route, the heaviest never", () => {
  const sums = new RouteSums();
  for (let i = 0; i < 90_000; i++) {
    sums.add({ ...GET, route: "/many", cpu: 1 }, requestProfileOf(`f${i % 300};g${i} 1`));
    if (i % 1000 === 0) sums.add({ ...GET, route: "/few", cpu: 1 }, requestProfileOf("rare 1"));
    if (i % 10 === 0) sums.add({ ...GET, route: "/many", cpu: 1 }, requestProfileOf("hot 1"));
  }
  const profiles = sums.profiles("r1");
  assert.ok(profiles.stacks.parent.length <= 60_000, `${profiles.stacks.parent.length} stacks`);
  const { "GET /many": many = [], "GET /few": few } = textOf(profiles);
  assert.deepEqual(few, [["rare", 90, 90_000]]);
  assert.equal(many.find(([stack]) => stack === "hot")![1], 9000);
  assert.ok(many.find(([stack]) => stack === "(other)")![1] > 10_000);
  assert.equal(many.reduce((sum, [, samples]) => sum + samples, 0), 99_000);
  assert.equal(timeOf(profiles, "GET /many"), 99_000_000);
});

Deno.test("a file of routes is known by its beginning, and says which run it is of", () => {
  const sums = new RouteSums();
  sums.add({ ...GET, route: "/ü", cpu: 1 }, requestProfileOf("x 5"));
  const content = writeRoutes(sums.profiles("abc"));
  assert.ok(isRoutesFile(Buffer.from(content.slice(0, ROUTES_HEAD)).toString()));
  const profile = formats.find(({ id }) => id === "pprof")!.write(requestProfileOf("x 5")) as Uint8Array;
  assert.ok(!isRoutesFile(Buffer.from(profile.slice(0, ROUTES_HEAD)).toString()));
  assert.equal(readRoutes(content).run, "abc");
  assert.deepEqual(readRoutes(content).routes.map(({ name }) => name), ["GET /ü"]);
  for (let length = 0; length < content.length; length += 7) {
    assert.throws(() => readRoutes(content.slice(0, length)), { name: "FormatError" });
  }
  assert.throws(() => readRoutes(profile), { name: "FormatError" });
});
