/** The rows that the page holds of a run that goes on. */
import assert from "node:assert/strict";
import type { RowsQuery } from "../../src/viewer/api.ts";
import { RowWindows } from "../../src/viewer/page/row_windows.ts";
import { answerRows } from "../../src/viewer/table/answer_rows.ts";
import { entry, tableOf } from "./entries.ts";

/** A run of requests `a-1`, `a-2`, … whose newest come first, as the page sees it. */
class LiveRun {
  #table = tableOf([]);
  readonly #waiting: (() => void)[] = [];
  readonly asked: Partial<RowsQuery>[] = [];
  changes = 0;
  readonly windows = new RowWindows((asks) => {
    this.asked.push(asks);
    return new Promise((resolve) => this.#waiting.push(() => resolve(answerRows(this.#table, asks))));
  }, () => this.changes++);

  constructor(requests: number) {
    this.add(requests);
  }

  add(requests: number): void {
    const entries = Array.from({ length: this.#table.rows + requests }, (_, i) => {
      return entry(`a-${i + 1}`, { start: new Date(1_795_000_000_000 + i).toISOString() });
    });
    // A table of its own: of one that grows, answers may be older for a while.
    this.#table = tableOf(entries);
  }

  /** Answers the questions that are open, and those that follow from the answers. */
  async answer(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (const answer of this.#waiting.splice(0)) answer();
      await new Promise(setImmediate);
    }
  }

  async show(first: number, last: number, version: number): Promise<void> {
    this.windows.show(first, last, version);
    await this.answer();
  }
}

Deno.test("a request that has moved out of sight is at no row until the server has said at which", async () => {
  const run = new LiveRun(300);
  const { windows } = run;
  await run.show(0, 20, 1);
  await run.show(0, 20, 1);
  assert.equal(windows.indexOf("a-295"), 5);
  run.add(60);
  await run.show(0, 20, 2);
  assert.equal(windows.idAt(5), "a-355");
  assert.equal(windows.indexOf("a-295"), undefined, "windows out of sight are of an older version");
  const [asked, changes] = [run.asked.length, run.changes];
  const located = windows.locate("a-295");
  void windows.locate("a-295");
  assert.deepEqual(
    run.asked.slice(asked),
    [{ from: 0, count: 1, around: "a-295" }],
    "one question at a time",
  );
  await run.answer();
  await located;
  assert.equal(windows.indexOf("a-295"), 65);
  assert.equal(run.changes, changes + 1);
  await windows.locate("a-295");
  assert.equal(run.asked.length, asked + 1, "once for each version");
  run.add(60);
  await run.show(0, 20, 3);
  void windows.locate("a-295");
  await run.answer();
  assert.equal(windows.indexOf("a-295"), 125);
});

Deno.test("of a request that stands in an old window and a new one, the new one says where it is", async () => {
  const run = new LiveRun(300);
  const { windows } = run;
  await run.show(0, 20, 1);
  await run.show(0, 20, 1);
  // What is out of sight keeps its rows; `a-240` is the first of the second window.
  assert.equal(windows.indexOf("a-240"), 60);
  run.add(70);
  await run.show(120, 140, 2);
  assert.equal(windows.row(60)?.id, "a-240", "the old window is held");
  assert.equal(windows.indexOf("a-240"), 130);
  assert.equal(windows.idAt(60), undefined, "an old row is not chosen by its index");
  assert.equal(windows.idAt(130), "a-240");
});

Deno.test("rows in sight are what they show until their newest version comes", async () => {
  const run = new LiveRun(100);
  const { windows } = run;
  await run.show(0, 20, 1);
  run.add(3);
  windows.show(0, 20, 2);
  assert.deepEqual([windows.indexOf("a-95"), windows.idAt(5)], [5, "a-95"]);
  await windows.locate("a-95");
  assert.ok(run.asked.every(({ around }) => around === undefined), "the window in sight will tell");
  await run.answer();
  assert.deepEqual([windows.indexOf("a-95"), windows.idAt(5)], [8, "a-98"]);
});

Deno.test("where the server said that a request is counts no more when it is in sight again", async () => {
  const run = new LiveRun(300);
  const { windows } = run;
  await run.show(0, 20, 1);
  run.add(100);
  await run.show(0, 20, 2);
  void windows.locate("a-300");
  await run.answer();
  assert.equal(windows.indexOf("a-300"), 100);
  await run.show(95, 115, 2);
  await windows.locate("a-300");
  run.add(100);
  await run.show(95, 115, 3);
  assert.equal(windows.indexOf("a-300"), undefined);
});

Deno.test("a request that is not among the rows is asked for once, and is at no row", async () => {
  const run = new LiveRun(10);
  const { windows } = run;
  await run.show(0, 9, 1);
  for (const _ of [1, 2]) {
    void windows.locate("b-1");
    await run.answer();
    assert.equal(windows.indexOf("b-1"), undefined);
  }
  assert.equal(run.asked.filter(({ around }) => around !== undefined).length, 1);
});
