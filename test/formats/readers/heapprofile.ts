import assert from "node:assert/strict";
import type { V8HeapNode, V8HeapProfile } from "../../../src/profile/v8.ts";
import { fullLabel, type Reader } from "../cases.ts";
import { type Schema, schemaErrors } from "../json_schema.ts";

const number = { type: "number" };
const text = { type: "string" };

/** https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/#type-SamplingHeapProfile, node by node */
const SCHEMA: Readonly<Record<"node" | "file", Schema>> = {
  node: {
    required: ["callFrame", "selfSize", "id", "children"],
    properties: {
      callFrame: {
        required: ["functionName", "scriptId", "url", "lineNumber", "columnNumber"],
        properties: {
          functionName: text,
          scriptId: text,
          url: text,
          lineNumber: number,
          columnNumber: number,
        },
      },
      selfSize: number,
      id: number,
      children: { type: "array" },
    },
  },
  file: {
    required: ["head", "samples"],
    properties: {
      head: { type: "object" },
      samples: {
        type: "array",
        items: {
          required: ["size", "nodeId", "ordinal"],
          properties: { size: number, nodeId: number, ordinal: number },
        },
      },
    },
  },
};

export const heapprofileReader: Reader = {
  label: fullLabel,
  read: (content, { profile }) => {
    const file = JSON.parse(content as string) as V8HeapProfile;
    assert.equal(checkHeapProfile(file), profile.endAt);
    const bytes = new Map<string, number>();
    for (const { callFrame, selfSize } of nodesOf(file)) {
      const { functionName, url, lineNumber, columnNumber } = callFrame;
      const key = fullLabel({ name: functionName, url, line: lineNumber, column: columnNumber });
      if (selfSize > 0) bytes.set(key, (bytes.get(key) ?? 0) + selfSize);
    }
    return bytes;
  },
};

/** Checks a file as DevTools reads it: its shape, and that its samples are what its nodes hold. Gives its bytes. */
export function checkHeapProfile(file: V8HeapProfile): number {
  assert.deepEqual(schemaErrors(file, SCHEMA.file), []);
  const nodes = nodesOf(file);
  for (const node of nodes) assert.deepEqual(schemaErrors(node, SCHEMA.node), []);
  const bytesOf = new Map(nodes.map(({ id }) => [id, 0]));
  assert.equal(bytesOf.size, nodes.length, "every id once");
  assert.equal(file.head.callFrame.functionName, "(root)");
  let last = 0;
  for (const { size, nodeId, ordinal } of file.samples ?? []) {
    assert.ok(bytesOf.has(nodeId) && ordinal > last, `sample ${ordinal} is of a node, after ${last}`);
    bytesOf.set(nodeId, bytesOf.get(nodeId)! + size);
    last = ordinal;
  }
  for (const { id, selfSize } of nodes) assert.equal(bytesOf.get(id), selfSize);
  return nodes.reduce((sum, { selfSize }) => sum + selfSize, 0);
}

function nodesOf({ head }: V8HeapProfile): readonly V8HeapNode[] {
  const nodes = [head];
  for (const { children } of nodes) for (const child of children) nodes.push(child);
  return nodes;
}
