import assert from "node:assert/strict";
import { type CallNode, sumProfiles } from "../../src/analysis/functions.ts";
import { fromFolded } from "../support/folded.ts";

const LIB = "file:///app/node_modules/lib/i.js";
const profiles = [
  fromFolded(`a;b 30000\na;x@${LIB};b 10000\na;b;y@${LIB};z@node:fs 20000\n(unsampled) 5000`),
  fromFolded(`a 5000\nx@${LIB};y@${LIB} 30000\na;b;a;b 10000`),
];

function rows(all: boolean) {
  return sumProfiles(profiles, { all, requests: profiles.length }).functions.map((it) =>
    `${it.function} ${it.self} ${it.total}`
  );
}

function tree(nodes: readonly CallNode[], depth = 0): string[] {
  return nodes.flatMap((
    it,
  ) => [`${" ".repeat(depth)}${it.function} ${it.total}`, ...tree(it.calls, depth + 1)]);
}

Deno.test("libraries are folded into the application's functions, which come first; recursion counts once", () => {
  assert.deepEqual(rows(false), ["b 70 70", "a 5 75", "y 30 30", "(unsampled) 5 5"]);
});

Deno.test("all functions are shown as they are if that is wanted", () => {
  assert.deepEqual(rows(true), ["b 50 70", "y 30 50", "z 20 20", "a 5 75", "(unsampled) 5 5", "x 0 40"]);
});

Deno.test("the tree of calls begins with what took most, and conserves time", () => {
  const sums = sumProfiles(profiles, { all: false, requests: profiles.length });
  assert.deepEqual([sums.requests, sums.time], [2, 110]);
  assert.deepEqual(tree(sums.calls), ["a 75", " b 70", "  a 10", "   b 10", "y 30", "(unsampled) 5"]);
  assert.equal(sums.functions.reduce((sum, it) => sum + it.self, 0), sums.time);
});
