import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { fileName, placedName } from "../../../src/formats/labels.ts";
import type { Reader } from "../cases.ts";

export const pprofReader: Reader = {
  label: (frame) => label(placedName(frame), fileName(frame), frame.line + 1),
  read: (content, { request, sampleCount, profile: { unit } }) => {
    const profile = decodePprof(content);
    const { strings } = profile.stringTable;
    const text = (i: number | bigint): string =>
      strings[Number(i)] ?? assert.fail(`string ${i} does not exist`);
    assert.equal(strings[0], "", "the first string is empty");
    const units = profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`);
    assert.deepEqual(units, ["samples/count", unit === "bytes" ? "alloc_space/bytes" : "cpu/nanoseconds"]);
    const functions = new Map(profile.function.map((one) => [Number(one.id), one]));
    const locations = new Map(profile.location.map((one) => [Number(one.id), one]));
    assert.ok(!functions.has(0) && !locations.has(0), "0 is no id");
    assert.equal(functions.size, profile.function.length, "every function once");
    assert.equal(locations.size, profile.location.length, "every location once");
    const times = new Map<string, number>();
    let count = 0;
    for (const { locationId, value } of profile.sample) {
      const [samples, measured] = value.map(Number);
      const stack = locationId.map((id) => {
        const { functionId, line } = locations.get(Number(id))!.line[0]!;
        const { name, filename, startLine } = functions.get(Number(functionId))!;
        assert.equal(Number(line), Number(startLine));
        return label(text(name), text(filename), Number(line));
      });
      times.set(stack[0]!, (times.get(stack[0]!) ?? 0) + measured! / (unit === "bytes" ? 1 : 1000));
      count += samples!;
    }
    assert.equal(count, sampleCount);
    assert.equal(Number(profile.durationNanos), request.duration * 1000);
    return times;
  },
};

export function decodePprof(content: string | Uint8Array): Profile {
  return Profile.decode(gunzipSync(content as Uint8Array));
}

/** The label of the file for a frame, as the file holds it: UTF-8 has no lone surrogates. */
function label(name: string, file: string, line: number): string {
  return JSON.stringify(
    [name, file, line].map((part) => typeof part === "string" ? part.toWellFormed() : part),
  );
}
