import assert from "node:assert/strict";
import { mergeSlices } from "../../src/profile/merge.ts";
import type { Profile } from "../../src/profile/model.ts";
import { OpenSlices } from "../../src/profile/open_slices.ts";
import type { Slice } from "../../src/profile/slice.ts";
import { fromFolded } from "../support/folded.ts";

function slice(window: Profile, ...ranges: number[]): Slice {
  return { window, ranges };
}

Deno.test("what is kept merges to the same as what it was made of, and holds nothing else", () => {
  const first = slice(fromFolded("x;y 5\n a;b 10"), 1, 2);
  const second = slice(fromFolded("a;b 20\n (idle) 30", 15), 0, 2);
  const third = slice(fromFolded("c 5", 70), 0, 1);
  const open = new OpenSlices();
  open.add(new Map([[7, first]]));
  open.add(new Map([[7, second]]));
  const kept = open.release(7)!;
  assert.equal(kept.window.frames.length, 3);
  assert.deepEqual(mergeSlices([kept, third]), mergeSlices([first, second, third]));
  assert.deepEqual([open.release(7), open.size], [undefined, 0]);
});

Deno.test("requests share their tables, and each gets its own samples back", () => {
  const open = new OpenSlices();
  const window = (at: number) => fromFolded("a;b 10\n a;c 10\n a;b 10", at);
  const slices = (at: number) =>
    new Map([[1, slice(window(at), 0, 1, 2, 3)], [2, slice(window(at), 1, 2)]] as const);
  for (let at = 0; at < 3000; at += 30) open.add(slices(at));
  assert.equal(open.stackCount, 3);
  const [one, two] = [mergeSlices([open.release(1)!]), mergeSlices([open.release(2)!])];
  assert.deepEqual([one.samples.stack.length, two.samples.stack.length], [200, 100]);
  assert.deepEqual(two.frames.map(({ name }) => name), ["a", "c"]);
});

Deno.test("stacks of requests that are gone are forgotten", () => {
  const open = new OpenSlices();
  const all = fromFolded("stays 10");
  open.add(new Map([[1, slice(all, 0, 1)]]));
  for (let seq = 2; seq < 102; seq++) {
    const names = Array.from({ length: 1000 }, (_, i) => `f${seq}_${i} 1`).join("\n");
    open.add(new Map([[seq, slice(fromFolded(names), 0, 1000)]]));
    open.release(seq);
  }
  assert.ok(open.stackCount < 30_000, `${open.stackCount} stacks`);
  open.add(new Map([[1, slice(fromFolded("stays 10", 10), 0, 1)]]));
  const kept = mergeSlices([open.release(1)!]);
  assert.deepEqual([kept.frames.length, kept.samples.time], [1, [10, 10]]);
  assert.equal(open.stackCount, 0, "none is open any more");
});

Deno.test("the requests that were kept first are forgotten first", () => {
  const open = new OpenSlices();
  for (const seq of [3, 1, 2]) open.add(new Map([[seq, slice(fromFolded("a 1"), 0, 1)]]));
  open.limit(1);
  assert.deepEqual([3, 1, 2].map((seq) => open.release(seq) === undefined), [true, true, false]);
});
