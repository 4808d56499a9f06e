import assert from "node:assert/strict";
import { Culprits } from "../../src/analysis/culprits.ts";
import { OUTSIDE } from "../../src/profile/request.ts";
import { entryOf } from "../cli/entries.ts";

function hot(name: string, self: number) {
  return { function: name, file: "/app/work.ts", line: 7, self };
}

Deno.test("the functions of a route add up, the hottest first, and so do those of all", () => {
  const culprits = new Culprits();
  culprits.add("GET /a", entryOf({ id: "1", hot: hot("f", 10) }));
  culprits.add("GET /a", entryOf({ id: "2", hot: hot("g", 15) }));
  culprits.add("GET /a", entryOf({ id: "3", hot: hot("f", 10) }));
  culprits.add("GET /b", entryOf({ id: "4", hot: hot("g", 90) }));
  culprits.add("GET /b", entryOf({ id: "5", hot: null }));
  const named = (functions: { function: string; self: number }[]) =>
    functions.map((it) => [it.function, it.self]);
  assert.deepEqual(named(culprits.functions("GET /a")), [["f", 20], ["g", 15]]);
  assert.deepEqual(named(culprits.allFunctions()), [["g", 105], ["f", 20]]);
  assert.deepEqual(culprits.functions("GET /none"), []);
});

Deno.test("who held up others is named by its route, whether it ended before them or after", () => {
  const culprits = new Culprits();
  culprits.add("GET /hog", entryOf({ id: "1", hot: hot("f", 80) }));
  culprits.add("GET /victim", entryOf({ id: "2", blockers: [{ id: "1", ms: 50 }, { id: "9", ms: 20 }] }));
  culprits.add("GET /victim", entryOf({ id: "3", blockers: [{ id: "9", ms: 7 }, { id: OUTSIDE, ms: 3 }] }));
  assert.deepEqual(culprits.blockers("GET /victim").map(({ name }) => name), ["GET /hog", OUTSIDE]);
  culprits.add("POST /late", entryOf({ id: "9" }));
  assert.deepEqual(culprits.blockers("GET /victim"), [
    { name: "GET /hog", ms: 50, count: 1 },
    { name: "POST /late", ms: 27, count: 2 },
    { name: OUTSIDE, ms: 3, count: 1 },
  ]);
  assert.deepEqual(culprits.heldUpBy("POST /late"), [{ name: "GET /victim", ms: 27, count: 2 }]);
  assert.deepEqual(culprits.allBlockers().map(({ name }) => name), ["GET /hog", "POST /late", OUTSIDE]);
  assert.deepEqual(culprits.known("1"), { name: "GET /hog", hot: hot("f", 80) });
});

Deno.test("what is remembered of single requests is bounded", () => {
  const culprits = new Culprits();
  for (let id = 0; id < 120_000; id++) {
    culprits.add("GET /", entryOf({ id: String(id), blockers: [{ id: `never${id}`, ms: 1 }] }));
  }
  assert.equal(culprits.known("0"), undefined);
  assert.ok(culprits.known("119999"));
});
