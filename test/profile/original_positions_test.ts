import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import type { Frame } from "../../src/profile/model.ts";
import { originalPositions } from "../../src/profile/original_positions.ts";
import { fromFolded, toFolded } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";

Deno.test("a profile of which nothing is known stays the same one", () => {
  const profile = fromFolded("a;b@node:fs 10");
  assert.equal(originalPositions((frame) => frame)(profile), profile);
});

Deno.test("frames are replaced, the others stay", () => {
  const step = originalPositions((frame) =>
    frame.name === "t" ? { ...frame, name: "x", url: "x.ts" } : frame
  );
  assert.equal(toFolded(step(fromFolded("a;t 10\n t;a;(program) 5"))), "a;x@x.ts 10\nx@x.ts;a;(program) 5");
});

Deno.test("frames and stacks that become equal become one", () => {
  const step = originalPositions((frame) => frame.name.startsWith("a") ? { ...frame, name: "a" } : frame);
  const profile = step(fromFolded("a1;b 1\n a2;b 2\n a3 3"));
  assert.deepEqual(checkProfile(profile), []);
  assert.equal(toFolded(profile), "a;b 1\na;b 2\na 3");
  assert.deepEqual([profile.frames.length, profile.stacks.parent.length], [2, 2]);
});

testRandomly("every sample keeps its time and its stack of originals", 200, (random) => {
  const original = (frame: Frame): Frame =>
    frame.name > "c" ? { ...frame, name: frame.name.slice(0, 1) } : frame;
  const stack = () =>
    Array.from({ length: random.integer(1, 6) }, () => random.pick(["a", "b", "d1", "d2", "e1", "e2"])).join(
      ";",
    );
  const text = Array.from({ length: 10 }, () => `${stack()} ${random.integer(0, 9)}`).join("\n");
  const after = originalPositions(original)(fromFolded(text));
  assert.deepEqual(checkProfile(after), []);
  assert.equal(toFolded(after), text.replaceAll(/([de])\d/g, "$1"));
});
