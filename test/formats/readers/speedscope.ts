import assert from "node:assert/strict";
import schema from "speedscope/dist/release/file-format-schema.json" with { type: "json" };
import type { SpeedscopeFile } from "../../../src/formats/speedscope.ts";
import { isGap } from "../../../src/profile/frames.ts";
import { placedName } from "../../../src/formats/labels.ts";
import type { Reader } from "../cases.ts";
import { type Schema, schemaErrors } from "../json_schema.ts";

export const speedscopeReader: Reader = {
  label: (frame) => JSON.stringify([frame.name || placedName(frame), frame.url, frame.line, frame.column]),
  read: (content, { request, profile }) => {
    const { profiles, shared } = parseSpeedscope(content);
    const { startValue, endValue, events, unit } = profiles[0]!;
    assert.equal(unit, profile.unit ?? "microseconds");
    const length = profile.unit === "bytes" ? profile.endAt : request.duration;
    assert.deepEqual([profiles.length, startValue, endValue], [1, 0, length]);
    const times = new Map<string, number>();
    const open: number[] = [];
    let last = 0;
    for (const { type, frame, at } of events) {
      assert.ok(at >= last && at <= endValue, "events are in order and within the profile");
      const top = shared.frames[open.at(-1) ?? -1];
      if (top !== undefined && !isGap({ name: top.name, url: top.file ?? "", line: -1, column: -1 })) {
        const key = JSON.stringify([top.name, top.file ?? "", (top.line ?? 0) - 1, (top.col ?? 0) - 1]);
        times.set(key, (times.get(key) ?? 0) + at - last);
      }
      last = at;
      if (type === "O") open.push(frame);
      else assert.equal(open.pop(), frame, "the frame that closes is the one on top");
    }
    assert.deepEqual(open, [], "all frames are closed");
    return times;
  },
};

/** The file, proven to fit speedscope's own schema. */
export function parseSpeedscope(content: string | Uint8Array): SpeedscopeFile {
  const file = JSON.parse(content as string);
  assert.deepEqual(schemaErrors(file, schema as Schema).slice(0, 5), []);
  return file;
}
