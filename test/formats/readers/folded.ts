import assert from "node:assert/strict";
import { frameLabel } from "../../../src/formats/labels.ts";
import type { Reader } from "../cases.ts";

export const foldedReader: Reader = {
  label: (frame) => frameLabel(frame).replaceAll(";", ","),
  read: (content) => {
    const times = new Map<string, number>();
    const lines = (content as string).split("\n");
    assert.equal(lines.pop(), "", "the last line ends");
    for (const line of lines) {
      const [, stack, time] = /^(\S.*\S|\S) ([1-9]\d*)$/.exec(line) ?? assert.fail(`line "${line}"`);
      const frames = stack!.split(";");
      assert.ok(frames.every((frame) => frame.trim() === frame && frame !== ""), `frames of "${stack}"`);
      times.set(frames.at(-1)!, (times.get(frames.at(-1)!) ?? 0) + Number(time));
    }
    return times;
  },
};
