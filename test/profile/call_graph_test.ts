import assert from "node:assert/strict";
import { type CallGraph, callGraph } from "../../src/profile/call_graph.ts";
import type { Profile } from "../../src/profile/model.ts";
import { fromFolded } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";

/** Calls as `a>b 2x 30us 1s`, by name. */
function calls(text: string): string[] {
  const profile = fromFolded(text);
  const name = (frame: number): string => profile.frames[frame]?.name ?? "";
  return callGraph(profile).calls.map(({ caller, callee, calls, time, samples }) =>
    `${name(caller)}>${name(callee)} ${calls}x ${time}us ${samples}s`
  ).sort();
}

Deno.test("a call costs what its function and all below it cost", () => {
  assert.deepEqual(calls("a;b 1\n a;b;c 2\n a 4"), [">a 1x 7us 3s", "a>b 1x 3us 2s", "b>c 1x 2us 1s"]);
});

Deno.test("a call of a function by itself costs nothing, as the first call has it all", () => {
  assert.deepEqual(calls("f 1\n f;f 2\n f;f;f 4\n f;f;g 8"), [
    ">f 1x 15us 4s",
    "f>f 2x 0us 0s",
    "f>g 1x 8us 1s",
  ]);
});

Deno.test("in mutual recursion each function's time is in the call that entered it first", () => {
  assert.deepEqual(calls("a;b;a;b;c 8"), [">a 1x 8us 1s", "a>b 1x 8us 1s", "b>c 1x 8us 1s"]);
  assert.deepEqual(calls("a;b 1\n b;a 2"), [
    ">a 1x 1us 1s",
    ">b 1x 2us 1s",
    "a>b 1x 1us 1s",
    "b>a 1x 2us 1s",
  ]);
});

Deno.test("calls are counted when a stack is entered anew, not by sample", () => {
  assert.deepEqual(calls("a;b 1\n a;b 1\n a 1\n a;b 1\n c 1\n a;b 1"), [
    ">a 2x 5us 5s",
    ">c 1x 1us 1s",
    "a>b 3x 4us 4s",
  ]);
});

Deno.test("garbage collection and other meta frames interrupt no call", () => {
  assert.deepEqual(
    calls("a;b 1\n (garbage collector) 2\n (garbage collector) 2\n a;b 1\n (program) 1\n a 1"),
    [
      ">(garbage collector) 1x 4us 2s",
      ">(program) 1x 1us 1s",
      ">a 1x 3us 3s",
      "a>b 1x 2us 2s",
    ],
  );
});

Deno.test("what no sample saw has time but no samples", () => {
  assert.deepEqual(calls("a 1\n (unsampled) 5"), [">(unsampled) 1x 5us 0s", ">a 1x 1us 1s"]);
});

Deno.test("a file from elsewhere may have the frame for what no sample saw twice", () => {
  const profile = fromFolded("(unsampled) 1\n x 2");
  const frames = profile.frames.map((it) => it.name === "x" ? { ...profile.frames[0]!, line: 4 } : it);
  assert.equal(frames.every(({ name }) => name === "(unsampled)"), true);
  assert.deepEqual(callGraph({ ...profile, frames }).calls.map(({ samples }) => samples), [0, 0]);
});

Deno.test("a recursion of 50,000 calls is one call that costs and many that do not", () => {
  const depth = 50_000;
  const numbers = Array.from({ length: depth }, (_, i) => i);
  const { frames } = fromFolded("f 1");
  const graph = callGraph({
    frames,
    stacks: { parent: numbers.map((i) => i - 1), frame: numbers.map(() => 0) },
    samples: { stack: [depth - 1, depth - 1], startAt: [0, 3], time: [3, 4] },
    startAt: 0,
    endAt: 7,
  });
  assert.deepEqual(graph.calls, [
    { caller: -1, callee: 0, calls: 1, time: 7, samples: 2 },
    { caller: 0, callee: 0, calls: depth - 1, time: 0, samples: 0 },
  ]);
});

/** The slow and obvious way: for each sample, the set of functions on its stack. */
function inclusiveTimes({ stacks, samples, frames }: Profile): number[] {
  const times = frames.map(() => 0);
  for (const [i, stack] of samples.stack.entries()) {
    const seen = new Set<number>();
    for (let s = stack; s >= 0; s = stacks.parent[s]!) seen.add(stacks.frame[s]!);
    for (const frame of seen) times[frame]! += samples.time[i]!;
  }
  return times;
}

function timesOfCalls(profile: Profile, graph: CallGraph): number[] {
  const times = profile.frames.map(() => 0);
  for (const call of graph.calls) times[call.callee]! += call.time;
  return times;
}

testRandomly("calls of a function add up to its inclusive time, each sample once", 300, (random) => {
  const stack = (): string =>
    Array.from({ length: random.integer(1, 9) }, () => random.pick([..."abcd"])).join(";");
  const lines = Array.from({ length: random.integer(0, 20) }, () => `${stack()} ${random.integer(0, 50)}`);
  const profile = fromFolded(lines.join("\n"));
  const graph = callGraph(profile);
  assert.deepEqual(timesOfCalls(profile, graph), inclusiveTimes(profile));
  for (const call of graph.calls) assert.ok(call.calls > 0);
});
