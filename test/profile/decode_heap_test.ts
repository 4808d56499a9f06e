import assert from "node:assert/strict";
import { checkProfile } from "../../src/profile/check.ts";
import { decodeHeap, joined, withoutProfiler } from "../../src/profile/decode_heap.ts";
import type { Profile } from "../../src/profile/model.ts";
import type { V8HeapNode, V8HeapProfile } from "../../src/profile/v8.ts";
import { stackText } from "../support/folded.ts";

function node(
  id: number,
  functionName: string,
  selfSize: number,
  children: readonly V8HeapNode[] = [],
): V8HeapNode {
  const url = functionName.startsWith("(") ? "" : "file:///app.js";
  return {
    id,
    callFrame: { functionName, scriptId: url === "" ? "0" : "1", url, lineNumber: 0, columnNumber: 0 },
    selfSize,
    children,
  };
}

function text(profile: Profile): string[] {
  assert.deepEqual(checkProfile(profile), []);
  return profile.samples.stack.map((stack, i) => `${stackText(profile, stack)} ${profile.samples.time[i]}`);
}

const profile: V8HeapProfile = {
  head: node(1, "(root)", 8, [node(2, "a", 100, [node(3, "b", 31)])]),
  samples: [
    { nodeId: 3, size: 40, ordinal: 9 },
    { nodeId: 2, size: 60, ordinal: 2 },
    { nodeId: 3, size: 40, ordinal: 4 },
    { nodeId: 2, size: 60, ordinal: 7 },
    // V8 took it of itself, when the tree was made.
    { nodeId: 99, size: 500, ordinal: 10 },
  ],
};

Deno.test("samples divide what their node has, in the order in which they were taken; bytes of no function are (program)", () => {
  assert.deepEqual(text(decodeHeap(profile)), ["(program) 8", "a 50", "a;b 16", "a 50", "a;b 15"]);
});

Deno.test("parts of a request are one profile, one after another", () => {
  const whole = joined([decodeHeap(profile), decodeHeap({ head: node(1, "(root)", 0, [node(5, "c", 7)]) })]);
  assert.deepEqual(text(whole), ["(program) 8", "a 50", "a;b 16", "a 50", "a;b 15", "c 7"]);
  assert.deepEqual(text(joined([])), []);
});

Deno.test("what the agent allocated is left out", () => {
  const head = node(1, "(root)", 0, [node(2, "a", 3, [node(3, "(profsrv)", 5)]), node(4, "(profsrv)", 7)]);
  const own = withoutProfiler(decodeHeap({ head }));
  assert.deepEqual([text(own), own.endAt], [["a 3"], 3]);
});
