/** Counted calls of a route's requests, and beside the times of one request's functions. */
import assert from "node:assert/strict";
import { CallSums } from "../../src/analysis/call_sums.ts";
import { Culprits } from "../../src/analysis/culprits.ts";
import { entryOf } from "../cli/entries.ts";
import { withCalls } from "../../src/analysis/called.ts";

const file = "/app/a.js";
const call = (name: string, count: number, own: object = {}) => ({
  function: name,
  file,
  line: 1,
  count,
  ...own,
});

Deno.test("a function's calls are the mean of the requests that have it, and it is said how many have", () => {
  const sums = new CallSums();
  sums.add([call("f", 10), call("g", 1)]);
  sums.add([call("f", 20), call("readable", 900, { file: "node:stream" })]);
  const joined = new CallSums();
  joined.add([call("f", 30)]);
  joined.join(sums);
  const found = joined.most().map((it) => [it.function, it.count, it.requests, it.of]);
  assert.deepEqual(found, [["f", 20, 3, 3], ["g", 1, 1, 3], ["readable", 900, 1, 3]]);
});

Deno.test("a function has the calls of all routes or none: one that a route left out is not listed with those of the others", () => {
  const culprits = new Culprits();
  const add = (route: string, ...names: string[]) =>
    culprits.add(route, entryOf({ calls: names.map((name) => call(name, 5)) }));
  for (let at = 0; at < 200; at++) add("GET /full", `f${at}`);
  for (let at = 0; at < 200; at++) add("GET /other", `g${at}`);
  const listed = () => new Map(culprits.allCalls().map((it) => [it.function, it.count * it.requests]));
  assert.equal(listed().size, 400, "no limit over all routes");
  add("GET /full", "late");
  add("GET /small", "late", "f7");
  add("GET /small", "small");
  const found = listed();
  assert.deepEqual([found.get("f7"), found.get("f8")], [10, 5]);
  assert.deepEqual(["late", "small", "g3"].filter((name) => found.has(name)), []);
  assert.deepEqual(culprits.calls("GET /small").map((it) => it.function), ["late", "f7", "small"]);
  culprits.join("GET /:x", ["GET /small", "GET /full"]);
  assert.deepEqual([...listed()].sort(), [...found].sort());
});

Deno.test("functions have their calls beside their times, those that no sample saw follow, and what cannot be told apart has none", () => {
  const frame = (name: string, line: number, column: number) => ({
    name,
    url: "file:///app/a.js",
    line,
    column,
  });
  const counted = (name: string, line: number, column: number, count: number) => ({
    frame: frame(name, line, column),
    count,
    isResumed: false,
  });
  const functions = [
    counted("f", 0, 5, 1234),
    counted("", 4, 1, 3),
    counted("", 4, 9, 5),
    counted("g", 7, 2, 17),
  ];
  const sampled = (name: string, line: number) => ({ function: name, file, line, self: 5, total: 6 });
  const found = withCalls([sampled("f", 1), sampled("", 5)], { calls: { functions, leftOut: 0 } });
  assert.deepEqual(found.map((it) => [it.function, it.line, it.self, it.callCount]), [
    ["f", 1, 5, 1234],
    ["", 5, 5, undefined],
    ["g", 8, 0, 17],
  ]);
});
