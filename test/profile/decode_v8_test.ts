import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { decodeV8, decodeWindow } from "../../src/profile/decode_v8.ts";
import type { V8Profile, V8ProfileNode } from "../../src/profile/v8.ts";
import { toFolded, v8FromFolded } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";

function decoded(v8: V8Profile): string {
  const profile = decodeV8(v8);
  assert.deepEqual(checkProfile(profile), []);
  return toFolded(profile);
}

function node(id: number, functionName: string, children: number[] = []): V8ProfileNode {
  return {
    id,
    callFrame: { functionName, scriptId: "0", url: "", lineNumber: -1, columnNumber: -1 },
    children,
  };
}

Deno.test("a sample stands for the time from midpoint to midpoint, the first and last up to the profile's ends", () => {
  const v8 = v8FromFolded("a 10\n a;b 20\n a 30", 1000, 1100);
  assert.equal(decoded(v8), "a 20\na;b 25\na 55");
});

Deno.test("a midpoint between two microseconds goes to the later sample", () => {
  assert.equal(decoded(v8FromFolded("a 0\n b 5", 0, 5)), "a 2\nb 3");
});

Deno.test("samples that V8 gives out of order are put in order of time, with their owners", () => {
  const v8 = { ...v8FromFolded("a 10\n b 20\n c 1", 0, 40), timeDeltas: [10, 20, -10] };
  const { profile, owners } = decodeWindow(v8, [1, 7, 1, 8, 1, 9]);
  assert.equal(toFolded(profile), "a 15\nc 10\nb 15");
  assert.deepEqual(owners, [7, 9, 8]);
});

Deno.test("samples of one instant keep their order and share its time: the first what is before, the last what is after", () => {
  assert.equal(decoded(v8FromFolded("a 10\n b 0\n c 0", 0, 20)), "a 10\nb 0\nc 10");
});

Deno.test("a sample before the start or after the end is held within the profile", () => {
  assert.equal(decoded({ ...v8FromFolded("a 0\n b 0", 100, 120), timeDeltas: [-50, 500] }), "a 10\nb 10");
});

Deno.test("a profile without samples is empty over its span", () => {
  assert.equal(decoded({ nodes: [node(1, "(root)")], startTime: 5, endTime: 9 }), "- 4");
});

Deno.test("nodes may come in any order", () => {
  const v8 = v8FromFolded("a;b;c 10\n a;d 10\n e 10", 0);
  assert.equal(decoded({ ...v8, nodes: [...v8.nodes].reverse() }), decoded(v8));
});

Deno.test("the root is no frame, and a sample on it saw no function", () => {
  const v8: V8Profile = {
    nodes: [node(1, "(root)", [2]), node(2, "a")],
    startTime: 0,
    endTime: 8,
    samples: [1, 2],
    timeDeltas: [2, 4],
  };
  assert.equal(decoded(v8), "(program) 4\na 4");
});

Deno.test("what lies before a window's beginning belongs to the window before", () => {
  const v8 = v8FromFolded("a 10\n b 10\n c 10", 0, 40);
  const { profile, owners } = decodeWindow(v8, [3, 5], 15);
  assert.equal(profile.startAt, 15);
  assert.equal(toFolded(profile), "b 10\nc 15");
  assert.deepEqual(owners, [5, 5]);
  assert.deepEqual(decodeWindow(v8, [3, 5], 99).owners, []);
});

Deno.test("a stack of 50,000 frames is decoded", () => {
  const depth = 50_000;
  const nodes = Array.from(
    { length: depth },
    (_, i) => node(i + 1, i === 0 ? "(root)" : `f${i}`, i + 1 < depth ? [i + 2] : []),
  );
  const profile = decodeV8({ nodes, startTime: 0, endTime: 10, samples: [depth], timeDeltas: [5] });
  assert.equal(profile.stacks.parent.length, depth - 1);
  assert.equal(profile.samples.stack[0], depth - 2);
});

const sound: V8Profile = {
  nodes: [node(1, "(root)", [2]), node(2, "a")],
  startTime: 0,
  endTime: 10,
  samples: [2],
  timeDeltas: [5],
};
const refused: readonly [string, Partial<Record<keyof V8Profile, unknown>>][] = [
  ["sample 0 names node 99, which does not exist", { samples: [99] }],
  ["it has 2 samples but 1 time deltas", { samples: [2, 2] }],
  ['its time of sample 0 is "NaN", not a number of microseconds', { timeDeltas: [NaN] }],
  ['its startTime is "undefined", not a number of microseconds', { startTime: undefined }],
  ["it ends at -1, before it starts at 0", { endTime: -1 }],
  ["it has no nodes", { nodes: [] }],
  ["node 2 exists twice", { nodes: [node(1, "(root)", [2]), node(2, "a"), node(2, "b")] }],
  ["node 1 names child 3, which does not exist", { nodes: [node(1, "(root)", [3])] }],
  ["node 3 is a child of both 1 and 2", {
    nodes: [node(1, "(root)", [2, 3]), node(2, "a", [3]), node(3, "b")],
  }],
  ["nodes 1 and 3 both have no parent", { nodes: [...sound.nodes, node(3, "b")] }],
  ["no node is the root", { nodes: [node(1, "a", [2]), node(2, "b", [1])] }],
  ["node 3 cannot be reached from the root", {
    nodes: [...sound.nodes, node(3, "b", [4]), node(4, "c", [3])],
  }],
  ["node 2 has no sound call frame", { nodes: [node(1, "(root)", [2]), { id: 2 }] }],
];
for (const [reason, change] of refused) {
  Deno.test(`a contradiction is refused: ${reason}`, () => {
    const broken = { ...sound, ...change } as V8Profile;
    assert.throws(() => decodeV8(broken), { message: `Cannot read V8 profile: ${reason}` });
  });
}

Deno.test("owners that do not fit the samples are refused", () => {
  const refuses = (owners: number[], reason: string): void =>
    assert.throws(() => decodeWindow(sound, owners), { message: `Cannot read owners of samples: ${reason}` });
  refuses([], "they are 0, the samples 1");
  refuses([1, 0, 1, 3], "they are 2, the samples 1");
  refuses([1], '"1,undefined" at 0 is not a count and a request');
  refuses([1e9, 3], '"1000000000,3" at 0 is not a count and a request');
});

testRandomly("cells partition the profile exactly, whatever the deltas", 300, (random) => {
  const count = random.integer(1, 50);
  const startTime = random.integer(0, 1e12);
  const timeDeltas = Array.from({ length: count }, () => random.integer(-300, 1500));
  const endTime = startTime + random.integer(0, count * 1000);
  const profile = decodeV8({ ...sound, samples: timeDeltas.map(() => 2), timeDeltas, startTime, endTime });
  assert.deepEqual(checkProfile(profile), []);
  assert.equal(profile.samples.startAt[0], startTime);
  assert.equal(profile.samples.time.reduce((sum, time) => sum + time, 0), endTime - startTime);
});
