import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { mergeSlices } from "../../src/profile/merge.ts";
import type { Profile } from "../../src/profile/model.ts";
import type { Slice } from "../../src/profile/slice.ts";
import { fromFolded, toFolded } from "../support/folded.ts";

function slice(window: Profile, ...ranges: number[]): Slice {
  return { window, ranges };
}

Deno.test("windows of a request become one profile over its samples, on tables of its own", () => {
  const first = slice(fromFolded("x;y 5\n a;b 10\n x 5", 100), 1, 2);
  const second = slice(fromFolded("y 5\n c 1\n a;b 20\n a 30", 120), 2, 4);
  const merged = mergeSlices([first, second]);
  assert.deepEqual(checkProfile(merged), []);
  assert.equal(merged.startAt, 105);
  assert.equal(toFolded(merged), "a;b 10\n- 11\na;b 20\na 30");
  assert.deepEqual(merged.frames.map((frame) => frame.name), ["a", "b"]);
  assert.equal(merged.stacks.parent.length, 2);
});

Deno.test("functions of the same name at different places stay apart", () => {
  const merged = mergeSlices([
    slice(fromFolded("a@x.js:1 1\n a@x.js:2 1\n a@y.js:1 1"), 0, 3),
    slice(fromFolded("- 3\n a@x.js:2 1"), 0, 1),
  ]);
  assert.equal(merged.frames.length, 3);
  assert.deepEqual(merged.samples.stack, [0, 1, 2, 1]);
});

Deno.test("functions of one line are told apart by their columns", () => {
  const window = fromFolded("a 1\n b 1");
  const frames = window.frames.map((frame, column) => ({ ...frame, name: "", column }));
  assert.deepEqual(mergeSlices([slice({ ...window, frames }, 0, 2)]).frames, frames);
});

Deno.test("a frame's name and url are never taken for each other", () => {
  const window = fromFolded("a 1\n b 1");
  const [first, second] = [{ name: "c", url: "xb" }, { name: "bc", url: "x" }];
  const frames = [{ ...window.frames[0]!, ...first }, { ...window.frames[1]!, ...second }];
  assert.deepEqual(mergeSlices([slice({ ...window, frames }, 0, 2)]).frames, frames);
});

Deno.test("no slices make an empty profile", () => {
  const merged = mergeSlices([]);
  assert.deepEqual(checkProfile(merged), []);
  assert.equal(toFolded(merged), "");
});

Deno.test("where windows overlap, time is given once and a repeated sample is dropped", () => {
  const merged = mergeSlices([
    slice(fromFolded("a 10\n b 10"), 0, 2),
    slice(fromFolded("b 7\n c 10\n d 4", 12), 0, 3),
  ]);
  assert.deepEqual(checkProfile(merged), []);
  assert.equal(toFolded(merged), "a 10\nb 10\nc 9\nd 4");
});

Deno.test("a stack of 50,000 frames is merged", () => {
  const depth = 50_000;
  const numbers = Array.from({ length: depth }, (_, i) => i);
  const window: Profile = {
    frames: numbers.map((i) => ({ name: `f${i}`, url: "", line: -1, column: -1 })),
    stacks: { parent: numbers.map((i) => i - 1), frame: numbers },
    samples: { stack: [depth - 1], startAt: [0], time: [7] },
    startAt: 0,
    endAt: 7,
  };
  assert.deepEqual(mergeSlices([slice(window, 0, 1)]), window);
});
