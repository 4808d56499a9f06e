import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { settle } from "../../src/profile/weights.ts";
import { fromFolded, toFolded } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";

function settled(text: string, startAt: number, duration: number, cpu: number): string {
  const profile = settle(fromFolded(text), { startAt, duration, cpu });
  assert.deepEqual(checkProfile(profile), []);
  assert.deepEqual([profile.startAt, profile.endAt], [startAt, startAt + duration]);
  return toFolded(profile);
}

Deno.test("times that fit the measure stay as they are", () => {
  assert.equal(settled("a 10\n - 5\n b 20", 0, 35, 30), "a 10\n- 5\nb 20");
});

Deno.test("a sample's time ends where the request does, on both sides", () => {
  assert.equal(settled("a 10\n b 20\n c 30", 4, 40, 40), "a 6\nb 20\nc 14");
});

Deno.test("a sample outside of the request is not its", () => {
  assert.equal(settled("a 10\n b 20\n c 30", 15, 10, 10), "b 10");
  assert.equal(settled("a 10\n - 20\n c 30", 12, 10, 0), "- 10");
});

Deno.test("too much is scaled down, all by the same factor, each from its own beginning on", () => {
  assert.equal(settled("a 10\n b 20\n - 5\n c 30", 0, 65, 30), "a 5\n- 5\nb 10\n- 15\nc 15\n- 15");
});

Deno.test("scaling never loses or makes a microsecond", () => {
  assert.equal(settled("a 1\n b 1\n c 1", 0, 3, 2), "a 0\n- 1\nb 1\nc 1");
});

Deno.test("what no sample saw fills the gaps, the earliest first", () => {
  assert.equal(
    settled("- 10\n a 5\n - 10\n b 5\n - 10", 0, 40, 26),
    "(unsampled) 10\na 5\n(unsampled) 6\n- 4\nb 5\n- 10",
  );
  assert.equal(settled("- 10\n a 5", 0, 30, 30), "(unsampled) 10\na 5\n(unsampled) 15");
});

Deno.test("a request without a sample is unsampled as long as it ran", () => {
  assert.equal(settled("", 50, 30, 12), "(unsampled) 12\n- 18");
  assert.equal(settled("", 50, 30, 0), "- 30");
  assert.equal(settled("a 100", 50, 0, 0), "a 0");
});

Deno.test("more cpu than duration is taken for the duration", () => {
  assert.equal(settled("a 10", 0, 20, 25), "a 10\n(unsampled) 10");
});

Deno.test("scaling is exact for spans whose products exceed the integers of a number", () => {
  const day = 86_400_000_000;
  const profile = settle(fromFolded(`a ${day - 1}\n b ${day}\n c 1`), {
    startAt: 0,
    duration: 2 * day,
    cpu: 2 * day - 1,
  });
  assert.deepEqual(profile.samples.time, [day - 2, day, 1]);
});

testRandomly(
  "settled times add up to the cpu, are no longer than before, and stay in order",
  500,
  (random) => {
    const lines = Array.from({ length: random.integer(0, 20) }, () => {
      const time = random.oneIn(4) ? 0 : random.integer(0, 300);
      return `${random.pick(["a", "a;b", "c", "-"])} ${time}`;
    });
    const before = fromFolded(lines.join("\n"));
    const startAt = random.integer(-10, before.endAt);
    const duration = random.integer(0, before.endAt + 50);
    const cpu = random.integer(0, duration);
    const after = settle(before, { startAt, duration, cpu });
    assert.deepEqual(checkProfile(after), []);
    assert.equal(after.samples.time.reduce((sum, time) => sum + time, 0), cpu);
    const starts = new Map(
      before.samples.startAt.map((at, i) => [Math.max(at, startAt), before.samples.time[i]!]),
    );
    for (const [i, stack] of after.samples.stack.entries()) {
      if (stack >= before.stacks.parent.length) continue;
      assert.ok(
        after.samples.time[i]! <= starts.get(after.samples.startAt[i]!)!,
        `sample ${i} grew or moved`,
      );
    }
  },
);
