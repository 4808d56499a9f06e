/** Requests over time: marks, cells, and how busy event loops were. */
import assert from "node:assert/strict";
import { MOST_MARKS } from "../../src/viewer/api.ts";
import { answerTimeline } from "../../src/viewer/table/answer_timeline.ts";
import { seededRandom } from "../support/random.ts";
import { entry, tableOf } from "./entries.ts";

const ZERO = Date.UTC(2026, 0, 1);
const at = (ms: number): string => new Date(ZERO + ms).toISOString();

Deno.test("few requests are marks in the order of their starts, coloured by what they were mostly", () => {
  const table = tableOf([
    entry("a-1", { start: at(500), cpu: 5, blocked: 1, wait: 1 }),
    entry("a-2", { start: at(0), cpu: 1, blocked: 5, wait: 1, status: 500 }),
    entry("a-3", { start: at(990), cpu: 1, blocked: 1, wait: 8, outcome: "aborted" }),
  ]);
  const { since, until, matching, longest, marks, cells } = answerTimeline(table, { columns: 10, lines: 5 });
  assert.deepEqual([since, until, matching, longest, cells], [ZERO, ZERO + 1000, 3, 10, null]);
  assert.deepEqual(marks, {
    id: ["a-2", "a-1", "a-3"],
    start: [ZERO, ZERO + 500, ZERO + 990],
    duration: [7, 7, 10],
    mostly: [1, 0, 2],
    status: [500, 200, 200],
    failed: [true, false, true],
  });
});

Deno.test("many requests are cells that count each of them once", () => {
  const random = seededRandom(3);
  const count = MOST_MARKS + 1000;
  const table = tableOf(
    Array.from(
      { length: count },
      (_, i) =>
        entry(`a-${i}`, { start: at(random.integer(0, 9999)), cpu: random.integer(1, 5000) / 100, wait: 0 }),
    ),
  );
  const { marks, cells } = answerTimeline(table, { columns: 50, lines: 20 });
  assert.equal(marks, null);
  assert.equal(cells!.count.reduce((sum, it) => sum + it, 0), count);
  assert.ok(cells!.column.every((it) => it >= 0 && it < 50) && cells!.line.every((it) => it >= 0 && it < 20));
  assert.ok(cells!.mostly.every((it) => it === 0));
});

Deno.test("how busy the loop was adds up to the cpu, wherever requests begin and end", () => {
  const random = seededRandom(5);
  const entries = Array.from(
    { length: 200 },
    (_, i) =>
      entry(`a-${i}`, {
        start: at(random.integer(0, 5000)),
        cpu: random.integer(0, 5),
        wait: random.integer(0, 900),
      }),
  );
  const asks = { columns: 37, lines: 1, since: ZERO, until: ZERO + 6000 };
  const { busy } = answerTimeline(tableOf(entries), asks);
  const cpu = entries.reduce((sum, it) => sum + it.cpu, 0);
  assert.ok(Math.abs(busy.reduce((sum, it) => sum + it, 0) * 6000 / 37 - cpu) < 0.01 * cpu);
  assert.ok(busy.every((it) => it >= 0 && it <= 1));
});

Deno.test("no requests are no times", () => {
  const { since, until, matching, marks, busy } = answerTimeline(tableOf([]), { columns: 3, lines: 1 });
  assert.deepEqual([since, until, matching, marks!.id, busy], [0, 0, 0, [], [0, 0, 0]]);
});
