import assert from "node:assert/strict";
import type { CpuProfileFile } from "../../../src/formats/cpuprofile.ts";
import { checkProfile } from "../../../src/profile/check.ts";
import { decodeV8 } from "../../../src/profile/decode_v8.ts";
import { isGap } from "../../../src/profile/frames.ts";
import { fullLabel, type Reader } from "../cases.ts";

export const cpuprofileReader: Reader = {
  label: fullLabel,
  read: (content, { request }) => {
    const file = JSON.parse(content as string) as CpuProfileFile;
    assert.deepEqual([file.startTime, file.endTime], [request.startAt, request.startAt + request.duration]);
    assert.deepEqual(checkProfile(decodeV8(file)), []);
    return read(file);
  },
};

/** As DevTools and speedscope read it: sample `i` lasts until the time of sample `i + 1`. Proves every index and sum. */
function read(file: CpuProfileFile): Map<string, number> {
  const { nodes, samples = [], timeDeltas = [], startTime, endTime } = file;
  assert.equal(samples.length, timeDeltas.length);
  const nodeOfId = new Map(nodes.map((node) => [node.id, node]));
  assert.equal(nodeOfId.size, nodes.length, "every id once");
  const children = nodes.flatMap((node) => node.children ?? []);
  assert.equal(new Set(children).size, children.length, "every node has one parent");
  assert.equal(children.length, nodes.length - 1, "all but the root have a parent");
  for (const node of nodes) for (const id of node.children ?? []) assert.ok(id > node.id && nodeOfId.has(id));
  assert.equal(nodes[0]?.callFrame.functionName, "(root)");
  const hits = new Map<number, number>();
  const times = new Map<string, number>();
  let at = startTime;
  for (const [i, id] of samples.entries()) {
    const delta = timeDeltas[i]!;
    assert.ok(Number.isInteger(delta) && delta >= 0, `time delta ${i} is ${delta}`);
    at += delta;
    const { functionName, url, lineNumber, columnNumber } = nodeOfId.get(id)!.callFrame;
    const key = fullLabel({ name: functionName, url, line: lineNumber, column: columnNumber });
    times.set(key, (times.get(key) ?? 0) + (timeDeltas[i + 1] ?? endTime - at));
    hits.set(id, (hits.get(id) ?? 0) + 1);
  }
  assert.equal(at, endTime, "the last sample is at the end");
  for (const node of nodes) assert.equal(node.hitCount, hits.get(node.id) ?? 0);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  assert.equal(total, endTime - startTime, "the samples cover the span");
  const gaps = nodes.map(({ callFrame: { functionName: name, url } }) => ({
    name,
    url,
    line: -1,
    column: -1,
  }))
    .filter(isGap);
  for (const gap of gaps) times.delete(fullLabel(gap));
  return times;
}
