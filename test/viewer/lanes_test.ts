/** The lanes of a request and of those that held it up. */
import assert from "node:assert/strict";
import type { Hold, RequestProfile } from "../../src/profile/request.ts";
import { lanesOf } from "../../src/viewer/lanes.ts";
import { requestProfileOf } from "../support/folded.ts";
import { entry, tableOf } from "./entries.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const hold = (name: string, startAt: number, time: number): Hold => ({ id: "", name, startAt, time });

const table = tableOf([
  entry("a-1", { start: at(100), cpu: 2, blocked: 8, wait: 0, route: "/victim" }),
  entry("a-2", { start: at(98), cpu: 9, wait: 1, method: "POST", route: "/hog" }),
  entry("a-3", { start: at(1), cpu: 9, wait: 1, route: "/same" }),
  entry("a-4", { start: at(2), cpu: 9, wait: 1, route: "/same" }),
]);
const row = (index: number) => table.row(index);

/** 100.25 ms on the profile's clock is 100 ms on the wall's. */
const victim: RequestProfile = {
  ...requestProfileOf("a 1000\n - 8000\n a 600\n b 400", { startAt: 100_250 }),
  holds: [hold("POST /hog", 101_250, 5000), hold("work outside requests", 106_250, 3000)],
};
const blockers = [{ id: "a-2", ms: 5 }, { id: "(outside requests)", ms: 3 }];

Deno.test("lanes say when each ran, exact where both profiles are of one clock", () => {
  const hog = requestProfileOf("h 500\n - 2750\n h 5000", { startAt: 98_000 });
  const [own, first, outside, ...others] = lanesOf({ row: row(0), profile: victim }, blockers, (id) => {
    return id === "a-2" ? { row: row(1), profile: hog } : undefined;
  });
  assert.deepEqual(others, []);
  assert.deepEqual([own!.name, own!.from, own!.to, own!.held], ["GET /victim", 0, 10, 0]);
  assert.deepEqual(own!.ran, [[0, 1], [9, 10]]);
  assert.deepEqual(own!.blocked, [
    { from: 1, to: 6, by: "POST /hog" },
    { from: 6, to: 9, by: "work outside requests" },
  ]);
  assert.deepEqual([first!.id, first!.name, first!.held, first!.from], ["a-2", "POST /hog", 5, -2.25]);
  assert.deepEqual(first!.ran, [[-2.25, -1.75], [1, 6]]);
  assert.deepEqual([outside!.row, outside!.from, outside!.ran], [null, null, [[6, 9]]]);
});

Deno.test("a blocker without a profile ran where the request was blocked by one of its name", () => {
  const [, first] = lanesOf(
    { row: row(0), profile: victim },
    blockers,
    () => ({ row: row(1), profile: undefined }),
  );
  assert.deepEqual([first!.from, first!.to, first!.ran], [-2, 8, [[1, 6]]]);
});

Deno.test("of two blockers of one name nobody can tell which of them it was", () => {
  const profile = { ...victim, holds: [hold("GET /same", 101_250, 5000)] };
  const lanes = lanesOf({ row: row(0), profile }, [{ id: "a-3", ms: 3 }, { id: "a-4", ms: 2 }], (id) => {
    return { row: row(id === "a-3" ? 2 : 3), profile: undefined };
  });
  assert.deepEqual(lanes.slice(1).map(({ ran }) => ran), [null, null]);
});

Deno.test("without any profile only starts and ends are known", () => {
  const lanes = lanesOf({ row: row(0), profile: undefined }, [{ id: "a-9", ms: 3 }], () => undefined);
  assert.deepEqual(lanes.map(({ name, from, ran }) => [name, from, ran]), [["GET /victim", 0, null], [
    "a-9",
    null,
    null,
  ]]);
});

Deno.test("a profile of bytes does not say when a request ran", () => {
  const bytes = requestProfileOf("a 1000\n b 9000");
  const profile: RequestProfile = { ...bytes, profile: { ...bytes.profile, unit: "bytes" } };
  const lanes = lanesOf({ row: row(0), profile }, [{ id: "a-2", ms: 5 }], () => ({ row: row(1), profile }));
  assert.deepEqual(lanes.map(({ from, to, ran }) => [from, to, ran]), [[0, 10, null], [-2, 8, null]]);
});
