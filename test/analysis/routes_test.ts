import assert from "node:assert/strict";
import { addRequest, emptyTable, type RouteTotals, topRoutes } from "../../src/analysis/routes.ts";
import { type IndexEntry, OTHER, UNKNOWN_PATHS } from "../../src/store/entry.ts";
import { entryOf } from "../cli/entries.ts";

/** The rows of a table of these requests. */
function rowsOf(entries: Iterable<Partial<IndexEntry>>, most = 20): RouteTotals[] {
  const table = emptyTable();
  for (const entry of entries) addRequest(table, entryOf(entry));
  const rows = topRoutes(table, most);
  assert.deepEqual(topRoutes(table, most), rows, "asking changes nothing");
  return rows;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Letters only, so that they could be words. */
function word(index: number): string {
  return [...String(index)].map((digit) => "abcdefghij"[Number(digit)]).join("");
}

Deno.test("requests add up by method and route, the most time first", () => {
  const rows = rowsOf([
    ...[10, 20, 30].map((duration) => ({ route: "/a", duration })),
    { route: "/a", method: "POST", duration: 500 },
  ]);
  assert.deepEqual(rows.map(({ name, count, duration, cpu }) => ({ name, count, duration, cpu })), [
    { name: "POST /a", count: 1, duration: 500, cpu: 3.1 },
    { name: "GET /a", count: 3, duration: 60, cpu: 3.1 + 3.1 + 3.1 },
  ]);
});

Deno.test("a million routes cannot fill the memory, and every request is still counted", () => {
  const table = emptyTable();
  const routes = times(5000, (index) => `/${index}${"x".repeat(1000)}`);
  for (const route of routes) addRequest(table, entryOf({ route, pattern: true, duration: 1 }));
  addRequest(table, entryOf({ route: routes[0]!, pattern: true, duration: 99 }));
  assert.ok(table.routes.size <= 2001);
  assert.ok([...table.routes.keys()].every((it) => it.length <= 300));
  const rows = topRoutes(table, 20);
  assert.equal(rows.length, 21);
  assert.equal(rows.at(-1)?.name, OTHER);
  assert.equal(rows.reduce((sum, it) => sum + it.count, 0), 5001);
});

Deno.test("of very many routes those that took the most time have rows, however late they came", () => {
  const cheap = times(
    6000,
    (index) => ({ route: `/cheap/${word(index)}`, pattern: true as const, duration: 1 }),
  );
  const dear = times(10, (index) => ({ route: `/dear/${index}`, pattern: true as const, duration: 50 }));
  const rows = rowsOf([...dear.slice(0, 5), ...cheap, ...dear.slice(5), ...cheap.slice(0, 3000)], 10);
  assert.deepEqual(
    new Set(rows.map(({ name }) => name)),
    new Set([...dear.map(({ route }) => `GET ${route}`), OTHER]),
  );
});

Deno.test("what was not found is one row, but for a route that is known", () => {
  const rows = rowsOf([
    { route: "/users/:id", duration: 9 },
    { route: "/users/:id", status: 404, duration: 9 },
    { route: "/posts/:post", status: 404, pattern: true, duration: 8 },
    ...times(3000, (index) => ({ route: `/${word(index)}.php`, status: 404, duration: 1 })),
    { route: "/wp-admin", method: "POST", status: 404, duration: 1 },
    { route: "/last", duration: 2 },
  ]);
  assert.deepEqual(rows.map(({ name, count }) => [name, count]), [
    ["GET /users/:id", 2],
    ["GET /posts/:post", 1],
    ["GET /last", 1],
    [UNKNOWN_PATHS, 3001],
  ]);
});

Deno.test("a hundred names and more in one place are one route, unless the framework told them", () => {
  const at = (count: number, route: (name: string) => string, known: Partial<IndexEntry> = {}) =>
    times(count, (index) => ({ duration: 1, ...known, route: route(word(index)) }));
  const named = (entries: Partial<IndexEntry>[]) =>
    rowsOf(entries, 5000).map(({ name, count, routes }) => [name, count, routes]);

  assert.deepEqual(named(at(100, (name) => `/wiki/${name}`)), [["GET /wiki/:x", 100, 100]]);
  assert.equal(named(at(99, (name) => `/wiki/${name}`)).length, 99);
  assert.equal(named(at(150, (name) => `/api/${name}`, { pattern: true })).length, 150);
  assert.equal(named(at(150, (name) => `/graphql#${name}`)).length, 150, "operations");
  assert.deepEqual(named(at(120, (name) => `/${name}`)), [["GET /:x", 120, 120]]);
  assert.deepEqual(named(at(120, (name) => `/${name}/posts/:id`)), [["GET /:x/posts/:id", 120, 120]]);
  assert.deepEqual(
    named(times(100, (index) => ({ duration: 1, route: `/u/${word(index % 10)}/${word(index)}` }))).length,
    100,
    "ten in each of ten places",
  );
  assert.deepEqual(
    named([
      ...at(110, (name) => `/u/${name}/edit`),
      ...at(110, (name) => `/u/${name}`),
      ...at(50, (name) => `/u/${name}`, { method: "PUT" }),
      { route: "/u/:name", pattern: true, duration: 500 },
      { route: "/u/:id", duration: 400 },
    ]).slice(0, 4),
    [["GET /u/:name", 1, 1], ["GET /u/:id", 1, 1], ["GET /u/:x/edit", 110, 110], ["GET /u/:x", 110, 110]],
  );
  // More than there is room for at once.
  const many = named([...at(9000, (name) => `/wiki/${name}`), ...at(60, (name) => `/talk/${name}`)]);
  assert.deepEqual(many[0], ["GET /wiki/:x", 9000, 9000]);
  assert.equal(many.length, 61);
});

Deno.test("the slowest request is the slowest that has a profile", () => {
  const table = emptyTable();
  addRequest(table, entryOf({ id: "a", duration: 5 }));
  addRequest(table, entryOf({ id: "b", duration: 50 }));
  addRequest(table, entryOf({ id: "c", duration: 500, files: [] }));
  addRequest(table, entryOf({ id: "d", duration: 7 }));
  assert.equal(table.routes.get("GET /users/:id")?.slowest?.id, "b");
});
