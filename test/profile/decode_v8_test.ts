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
  const { profile, owners } = decodeWindow(v8, [3, 5], { notBefore: 15 });
  assert.equal(profile.startAt, 15);
  assert.equal(toFolded(profile), "b 10\nc 15");
  assert.deepEqual(owners, [5, 5]);
  assert.deepEqual(decodeWindow(v8, [3, 5], { notBefore: 99 }).owners, []);
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

/** What is left of a window, and whose: `stack time owner` for each sample. */
function windowText(v8: V8Profile, owners: readonly number[]): string {
  const { profile, owners: ownerOf, mended } = decodeWindow(v8, owners);
  assert.deepEqual(checkProfile(profile), []);
  const { startAt, endAt, samples } = profile;
  assert.equal(samples.time.reduce((sum, time) => sum + time, 0), samples.time.length && endAt - startAt);
  const lines = toFolded(profile).split("\n").map((line, i) => `${line} ${ownerOf[i]}`);
  return `${lines.join(", ")}; ${mended} mended`;
}

/** Samples of 10 us: `a;b` of request 1, `a` of 2, `c` of 3. */
const whole = v8FromFolded("a;b 10\n a 10\n c 10", 0, 40);
const [root, ...others] = whole.nodes;
const ALL = "a;b 15 1, a 10 2, c 15 3";
const odd: readonly [
  what: string,
  Partial<Record<keyof V8Profile, unknown>>,
  expected: string,
  owners?: number[],
][] = [
  ["nothing", {}, `${ALL}; 0 mended`],
  [
    "a node's column is negative",
    { nodes: whole.nodes.map((it) => at(it, "a", 0, -11)) },
    `${ALL}; 1 mended`,
  ],
  ["a node's line is negative", { nodes: whole.nodes.map((it) => at(it, "b", -7, 3)) }, `${ALL}; 1 mended`],
  ["a position is no number", { nodes: whole.nodes.map((it) => at(it, "c", 0, 0.5)) }, `${ALL}; 1 mended`],
  [
    "a node has no call frame",
    { nodes: whole.nodes.map((it) => it.callFrame.functionName === "c" ? { id: it.id } : it) },
    "a;b 15 1, a 10 2,  15 3; 1 mended",
  ],
  ["a node exists twice", { nodes: [...whole.nodes, whole.nodes[2]] }, `${ALL}; 1 mended`],
  [
    "a child does not exist",
    { nodes: [{ ...root, children: [...root!.children!, 99] }, ...others] },
    `${ALL}; 1 mended`,
  ],
  ["a node has two parents", {
    nodes: [root, ...others.map((it) => ({ ...it, children: [...it.children ?? [], others[1]!.id] }))],
  }, `${ALL}; 3 mended`],
  ["nobody has a node as its child", { nodes: [{ ...root, children: [] }, ...others] }, `${ALL}; 1 mended`],
  ["the root is somebody's child", {
    nodes: [root, ...others.map((it) => ({ ...it, children: [...it.children ?? [], root!.id] }))],
  }, `${ALL}; 4 mended`],
  ["there are no nodes", { nodes: [] }, "(program) 15 1, (program) 10 2, (program) 15 3; 4 mended"],
  [
    "a sample names no node",
    { samples: [99, whole.samples![1], whole.samples![2]] },
    "(program) 15 1, a 10 2, c 15 3; 1 mended",
  ],
  ["a sample has no time", { timeDeltas: [10, 10] }, "a;b 15 1, a 25 2; 2 mended"],
  ["a time has no sample", { samples: whole.samples!.slice(0, 2) }, "a;b 15 1, a 25 2; 2 mended"],
  ["a time is no number", { timeDeltas: [10, null, 10] }, "a;b 10 1, a 5 2, c 25 3; 1 mended"],
  ["it does not say when it ends", { endTime: undefined }, "a;b 15 1, a 10 2, c 5 3; 1 mended"],
  ["it ends before it starts", { endTime: -5 }, "a;b 15 1, a 10 2, c 5 3; 1 mended"],
  ["owners are missing", {}, "a;b 15 1, a 10 0, c 15 0; 1 mended", [1, 1]],
  ["there are too many owners", {}, `${ALL}; 1 mended`, [1, 1, 1, 2, 2, 3]],
  ["owners make no sense", {}, "a;b 15 1, a 10 0, c 15 0; 2 mended", [1, 1, 1e9, 3]],
];
for (const [what, change, expected, owners = [1, 1, 1, 2, 1, 3]] of odd) {
  Deno.test(`one oddity does not cost a window: ${what}`, () => {
    assert.equal(windowText({ ...whole, ...change } as V8Profile, owners), expected);
  });
}

Deno.test("a window that does not say when it started is refused", () => {
  const startTime = NaN;
  assert.throws(() => decodeWindow({ ...whole, startTime }, []), {
    message: 'Cannot read V8 profile: its startTime is "NaN", not a number of microseconds',
  });
});

Deno.test("what is before the beginning of a script is at its beginning", () => {
  const nodes = whole.nodes.map((it) => at(at(it, "a", 0, -11), "c", -3, 4));
  const { frames } = decodeV8({ ...whole, nodes });
  assert.deepEqual(
    frames.map(({ name, line, column }) => `${name} ${line}:${column}`),
    ["a 0:0", "c 0:4", "b 0:0"],
  );
});

/** The node with this place, if it is that function's. */
function at(it: V8ProfileNode, name: string, lineNumber: number, columnNumber: number): V8ProfileNode {
  const { callFrame } = it;
  return callFrame.functionName === name
    ? { ...it, callFrame: { ...callFrame, lineNumber, columnNumber } }
    : it;
}

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
