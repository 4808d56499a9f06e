/** The language of the search field. */
import assert from "node:assert/strict";
import { parseQuery } from "../../src/viewer/query.ts";
import { entry, tableOf } from "./entries.ts";

const table = tableOf([
  entry("a-1", { url: "/orders/1", route: "/orders/:id", alloc: { bytes: 150_000, hot: null } }),
  entry("a-2", { url: `/${"a".repeat(1900)}`, route: "/aaa", alloc: { bytes: 2_000_000, hot: null } }),
  entry("a-3", { url: "/health", route: "/health" }),
]);

function found(query: string): string[] {
  const { matches, error } = parseQuery(query);
  assert.equal(error, undefined, query);
  return [0, 1, 2].map((at) => table.row(at)).filter(matches).map(({ id }) => id);
}

const cases: readonly (readonly [query: string, ids: readonly string[]])[] = [
  ["alloc>100kB", ["a-1", "a-2"]],
  ["alloc>=2mb", ["a-2"]],
  ["alloc>1.9MiB", ["a-2"]],
  ["alloc:150000", ["a-1", "a-2"]],
  ["alloc<1gb", ["a-1", "a-2"]],
  ["route:/orders/*", ["a-1"]],
  ["route:*", ["a-1", "a-2", "a-3"]],
  ["route:/*e*h", ["a-3"]],
  ["route:*/orders/:id", ["a-1"]],
  ["route:/aaa*aaa", []],
  ["url:/*1", ["a-1"]],
  ["duration<1s", ["a-1", "a-2", "a-3"]],
  ["duration>2999us", ["a-1", "a-2", "a-3"]],
  // An expression made of this tries each way in which the stars may be filled: more than there is time for.
  [`url:${"*a".repeat(40)}*b`, []],
];

Deno.test("a search finds by size, by time, and by what a star stands for, however many there are", () => {
  for (const [query, ids] of cases) assert.deepEqual(found(query), ids, query);
});

Deno.test("an amount that is none is said to be none", () => {
  const wrong = {
    "alloc>big": "a size",
    "alloc>5ms": "a size",
    "cpu>5kB": "a time",
    "cpu>constructor": "a time",
  };
  for (const [query, what] of Object.entries(wrong)) {
    assert.match(parseQuery(query).error!, new RegExp(`needs ${what} such as .*, not "`), query);
  }
});
