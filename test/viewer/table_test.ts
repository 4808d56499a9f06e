/** The table of requests: columns, windows of rows, orders, searches. */
import assert from "node:assert/strict";
import type { SortKey } from "../../src/viewer/api.ts";
import { answerRows } from "../../src/viewer/table/answer_rows.ts";
import { readTable, writeTable } from "../../src/viewer/table/table_text.ts";
import { seededRandom } from "../support/random.ts";
import { entry, known, tableOf } from "./entries.ts";

const random = seededRandom(7);
const HOT = ["parse", "render", ""].map((name, i) => ({ function: name, file: "/a.js", line: i, self: 0.5 }));

const many = Array.from({ length: 500 }, (_, i) => {
  const number = random.integer(0, 40);
  return entry(random.oneIn(9) ? `odd-${"x".repeat(i % 3)}0${i}` : `ab-${i}`, {
    cpu: random.integer(0, 90_000) / 1000,
    blocked: random.integer(0, 9_000) / 1000,
    wait: random.integer(0, 50_000) / 1000,
    method: random.pick(["GET", "POST", "PUT"]),
    url: `/ä${number}/x?q=${random.integer(0, 3)}`,
    route: `/ä${number % 7}/x`,
    status: random.pick([200, 404, 500]),
    start: new Date(1_795_000_000_000 + random.integer(0, 5000)).toISOString(),
    gc: random.integer(0, 3),
    queued: random.integer(0, 5) / 10,
    outcome: random.pick(["finished", "aborted", "error", "unfinished"] as const),
    hot: random.pick([null, ...HOT]),
    alloc: random.pick([undefined, { bytes: 0, hot: null }, { bytes: 6_000_000_000, hot: null }]),
    blockers: random.oneIn(3) ? [{ id: `ab-${number}`, ms: 1.25 }] : [],
    trace: random.oneIn(2) ? "0af7651916cd43dd8448eb211c80319c" : null,
  });
});

Deno.test("a row says what the entry says", () => {
  const table = tableOf(many);
  for (const [i, it] of many.entries()) {
    const { routeName: _, profile, blocker, start, path: _path, wait, alloc, ...row } = table.row(i);
    const { hot, trace, ...rest } = it;
    assert.equal(alloc, it.alloc?.bytes ?? null);
    assert.deepEqual({ ...row, hot, trace }, {
      ...Object.fromEntries(Object.keys(row).map((key) => [key, rest[key as keyof typeof rest]])),
      hot,
      trace,
    });
    assert.deepEqual([start, profile, blocker], [Date.parse(it.start), "none", it.blockers![0] ?? null]);
    assert.ok(Math.abs(wait - it.wait) < 1e-6);
    assert.equal(table.ids.find(it.id, table.rows), i);
  }
  assert.equal(table.ids.find("ab-77777", table.rows), -1);
});

Deno.test("rows come in any order, whole windows of them", () => {
  const table = tableOf(many);
  const value = (row: ReturnType<typeof table.row>, key: SortKey) =>
    key === "hot" ? row.hot === null ? "" : `0${row.hot.function}\0${row.hot.file}` : row[key];
  const keys: SortKey[] = [
    "start",
    "duration",
    "queued",
    "cpu",
    "blocked",
    "wait",
    "gc",
    "alloc",
    "status",
    "method",
  ];
  for (const key of [...keys, "url", "route", "hot"] as const) {
    for (const sort of [key, `-${key}`]) {
      const all = [0, 200, 400].flatMap((from) => answerRows(table, { from, count: 200, sort }).rows);
      assert.equal(new Set(all.map(({ id }) => id)).size, many.length, sort);
      for (const [i, row] of all.entries()) {
        const before = all[i - 1];
        if (before === undefined) continue;
        const [low, high] = sort === key ? [before, row] : [row, before];
        assert.ok(value(low, key)! <= value(high, key)!, `${sort} at ${i}`);
      }
    }
  }
});

Deno.test("durations of more than 71 minutes are exact, and so are orders that do not fit a number with the row", () => {
  const long = [5_000_000.001, 3, 4_294_967.295, 4_294_967.296, 1e12];
  const table = tableOf(long.map((wait, i) => entry(`a-${i}`, { cpu: 0, wait })));
  const { rows } = answerRows(table, { from: 0, count: 10, sort: "duration" });
  assert.deepEqual(rows.map(({ duration }) => duration), long.toSorted((a, b) => a - b));
  table.forget(1);
  assert.deepEqual([table.row(0).duration, table.row(2).duration], [3, 4_294_967.296]);
});

Deno.test("a search is by the language, the time of a request by its whole span", () => {
  const start = "2026-11-23T00:43:08.550Z";
  const table = tableOf([
    entry("a-1", { start, cpu: 10, wait: 90, url: "/orders/1", route: "/orders/:id" }),
    entry("a-2", { start: "2026-11-23T00:43:08.700Z", cpu: 60, status: 503, url: "/orders/2" }),
    entry("a-3", { start: "2026-11-23T00:43:09.000Z", method: "POST", url: "/health" }),
  ]);
  const ids = (asks: object) =>
    answerRows(table, { from: 0, count: 9, sort: "start", ...asks }).rows.map((it) => it.id);
  assert.deepEqual(ids({ q: "/orders" }), ["a-1", "a-2"]);
  assert.deepEqual(ids({ q: "status:5xx cpu>50" }), ["a-2"]);
  assert.deepEqual(ids({ q: "-method:post route:/orders/:id" }), ["a-1"]);
  const at = Date.parse(start);
  assert.deepEqual(ids({ since: at + 50, until: at + 60 }), ["a-1"], "in flight then");
  assert.deepEqual(ids({ since: at + 101, until: at + 149 }), []);
  assert.deepEqual(ids({ since: at + 101 }), ["a-2", "a-3"]);
  const { requests, matching, duration, cpu } = answerRows(table, { from: 0, count: 1, q: "/orders" });
  assert.deepEqual([requests, matching, duration, cpu], [3, 2, 162, 70]);
});

Deno.test("a window around a request holds it", () => {
  const table = tableOf(many);
  const { id } = many[123]!;
  const { from, rows } = answerRows(table, { from: 0, count: 20, sort: "duration", around: id });
  assert.ok(from > 0 && rows.some((it) => it.id === id));
  assert.equal(answerRows(table, { from: 3, count: 1, around: "none" }).from, 3);
});

Deno.test("a table that lets go of old rows is that of the others", () => {
  const table = tableOf(many);
  table.reserve(1000);
  table.forget(100);
  for (const it of many.slice(0, 100)) table.add(it, known({ routeName: "x" }));
  const expected = tableOf(many.slice(100));
  for (let row = 0; row < 400; row++) assert.deepEqual(table.row(row), expected.row(row));
  assert.equal(table.row(400).id, many[0]!.id);
  assert.equal(table.row(400).url, many[0]!.url);
});

Deno.test("a table in a file is the same table, its last rows", () => {
  const table = tableOf(many);
  const text = JSON.stringify(writeTable(table, 300));
  const read = readTable(JSON.parse(text));
  assert.equal(read.rows, 300);
  for (let row = 0; row < 300; row++) assert.deepEqual(read.row(row), table.row(200 + row));
});
