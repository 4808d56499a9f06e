import assert from "node:assert/strict";
import { parseProfile } from "../../src/agent/v8_profiles.ts";

/** As V8 writes a profile: a name and a path stand in it as they are. */
function written(functionName: string, url: string): string {
  const frame = (name: string, place: string) =>
    `"callFrame":{"functionName":"${name}","lineNumber":3,"columnNumber":-1,"scriptId":5,"url":"${place}"}`;
  return `{"nodes":[{"id":1,"hitCount":0,${frame("(root)", "")},"children":[2]},` +
    `{"id":2,"hitCount":1,${frame(functionName, url)},"positionTicks":[{"line":4,"ticks":1}]}],` +
    `"startTime":10,"endTime":20,"samples":[2],"timeDeltas":[5]}`;
}

const frames: readonly (readonly [about: string, name: string, url: string])[] = [
  ["plain", "burn", "/app/burn.cjs"],
  ["a drive of Windows", "burn", "C:\\app\\burn.cjs"],
  ["a path that reads like escapes", "burn", "D:\\bench\\new\\run.cjs"],
  ["a share of Windows", "burn", "\\\\server\\share\\burn.cjs"],
  ["quotes in a name", 'say "hello"', "/app/burn.cjs"],
  ["line breaks in a name", "one\ntwo\r\u0001", "/app/burn.cjs"],
  ["a backslash at the end", "\\", "/app/a\\"],
  ["letters of all kinds", "größe \u{1F600} ✓", "/app/größe.cjs"],
];

for (const [about, functionName, url] of frames) {
  Deno.test(`a profile is read though V8 escapes nothing in it: ${about}`, () => {
    const profile = parseProfile(written(functionName, url));
    const { callFrame } = profile.nodes[1]!;
    assert.deepEqual([callFrame.functionName, callFrame.url], [functionName, url]);
    assert.deepEqual([callFrame.lineNumber, callFrame.columnNumber], [3, -1]);
    assert.deepEqual([profile.samples, profile.timeDeltas, profile.nodes[0]!.children], [[2], [5], [2]]);
  });
}

Deno.test("what is escaped already stays so", () => {
  const text = written('say \\"hello\\"', "C:\\\\app\\\\burn.cjs");
  const { functionName, url } = parseProfile(text).nodes[1]!.callFrame;
  assert.deepEqual([functionName, url], ['say "hello"', "C:\\app\\burn.cjs"]);
});
