import assert from "node:assert/strict";
import { isAnyMeta, isMeta, isRuntime, metaFrame } from "../../src/profile/frames.ts";

const frames: readonly [string, string, { isIdle: boolean; isMeta: boolean; isRuntime: boolean }][] = [
  ["(idle)", "", { isIdle: true, isMeta: true, isRuntime: true }],
  ["(program)", "", { isIdle: false, isMeta: true, isRuntime: true }],
  ["(idle)", "file:///app.js", { isIdle: false, isMeta: false, isRuntime: false }],
  ["writeUtf8String", "", { isIdle: false, isMeta: false, isRuntime: true }],
  ["", "", { isIdle: false, isMeta: false, isRuntime: true }],
  ["emit", "node:events", { isIdle: false, isMeta: false, isRuntime: true }],
  ["op", "ext:core/01_core.js", { isIdle: false, isMeta: false, isRuntime: true }],
  ["f", "/srv/node:events/ext:core.js", { isIdle: false, isMeta: false, isRuntime: false }],
  ["f", "https://esm.sh/x", { isIdle: false, isMeta: false, isRuntime: false }],
];
for (const [name, url, kind] of frames) {
  Deno.test(`the frame "${name}" of "${url}" is told from others`, () => {
    const frame = { ...metaFrame(name), url };
    assert.deepEqual(
      { isIdle: isMeta(frame, "(idle)"), isMeta: isAnyMeta(frame), isRuntime: isRuntime(frame) },
      kind,
    );
  });
}
