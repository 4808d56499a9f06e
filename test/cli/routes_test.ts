import assert from "node:assert/strict";
import { addRequest, emptyTable, OTHER, topRoutes } from "../../src/cli/routes.ts";
import { entryOf } from "./entries.ts";

Deno.test("requests add up by method and route, the most time first", () => {
  const table = emptyTable();
  for (const duration of [10, 20, 30]) addRequest(table, entryOf({ route: "/a", duration }));
  addRequest(table, entryOf({ route: "/a", method: "POST", duration: 500 }));
  const rows = topRoutes(table, 20).map(({ name, count, duration, cpu }) => ({ name, count, duration, cpu }));
  assert.deepEqual(rows, [
    { name: "POST /a", count: 1, duration: 500, cpu: 3.1 },
    { name: "GET /a", count: 3, duration: 60, cpu: 3.1 + 3.1 + 3.1 },
  ]);
});

Deno.test("a million routes cannot fill the memory, and every request is still counted", () => {
  const table = emptyTable();
  for (let at = 0; at < 5000; at++) {
    addRequest(table, entryOf({ route: `/${at}${"x".repeat(1000)}`, duration: 1 }));
  }
  addRequest(table, entryOf({ route: `/0${"x".repeat(1000)}`, duration: 99 }));
  assert.ok(table.routes.size <= 1001);
  assert.ok([...table.routes.keys()].every((it) => it.length <= 300));
  const rows = topRoutes(table, 20);
  assert.equal(rows.length, 21);
  assert.equal(rows[0]?.count, 2);
  assert.equal(rows.at(-1)?.name, OTHER);
  assert.equal(rows.reduce((sum, it) => sum + it.count, 0), 5001);
  assert.equal(topRoutes(table, 20).reduce((sum, it) => sum + it.count, 0), 5001, "asking changes nothing");
});

Deno.test("the slowest request of a route is the slowest that has a profile", () => {
  const table = emptyTable();
  addRequest(table, entryOf({ id: "a", duration: 5 }));
  addRequest(table, entryOf({ id: "b", duration: 50 }));
  addRequest(table, entryOf({ id: "c", duration: 500, files: [] }));
  addRequest(table, entryOf({ id: "d", duration: 7 }));
  assert.equal(table.routes.get("GET /users/:id")?.slowest?.id, "b");
});
