import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { prune } from "../../src/profile/prune.ts";
import { fromFolded, toFolded } from "../support/folded.ts";

Deno.test("frames and stacks without samples go, all else stays", () => {
  const whole = fromFolded("x;y 5\n a;b 10\n - 3\n a 20\n a;b 30");
  const { samples } = whole;
  const profile = {
    ...whole,
    samples: {
      stack: samples.stack.slice(1),
      startAt: samples.startAt.slice(1),
      time: samples.time.slice(1),
    },
  };
  const pruned = prune(profile);
  assert.deepEqual(checkProfile(pruned), []);
  assert.equal(toFolded(pruned), toFolded(profile));
  assert.deepEqual(pruned.frames.map(({ name }) => name), ["a", "b"]);
  assert.deepEqual(pruned.stacks, { parent: [-1, 0], frame: [0, 1] });
});
