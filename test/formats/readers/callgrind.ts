import assert from "node:assert/strict";
import { fileName, placedName } from "../../../src/formats/labels.ts";
import type { Reader } from "../cases.ts";

export interface CallgrindFile {
  readonly header: ReadonlyMap<string, string>;
  /** Self cost by function: `file`, `name`, `line`, and the two events. */
  readonly functions: { file: string; name: string; line: number; time: number; samples: number }[];
  readonly calls: { caller: string; callee: string; count: number; time: number; samples: number }[];
}

/** A strict reader: refuses every line that the format does not know. */
export function parseCallgrind(text: string): CallgrindFile {
  const lines = text.split("\n");
  assert.equal(lines[0], "# callgrind format");
  const bodyAt = lines.indexOf("");
  const header = new Map<string, string>();
  for (const line of lines.slice(1, bodyAt)) {
    const [, key, value] = /^([a-z]+): (.*)$/.exec(line) ?? assert.fail(`header line "${line}"`);
    header.set(key === "desc" ? `desc ${value!.split(":")[0]}` : key!, value!);
  }
  const files = new Map<string, string>();
  const named = new Map<string, { file: string; name: string }>();
  const define = <T>(names: Map<string, T>, text: string, make: (name: string) => T): T => {
    const [, id, name] = /^\((\d+)\)(?: (.+))?$/.exec(text) ?? assert.fail(`name "${text}"`);
    if (name !== undefined) {
      assert.ok(!names.has(id!), `${id} is named twice`);
      names.set(id!, make(name));
    }
    return names.get(id!) ?? assert.fail(`${id} is not named yet`);
  };
  const fileOf = (text: string): string => define(files, text, (name) => name);
  /** As KCachegrind does: the number of a function stands for its file, too. */
  const functionOf = (text: string, file: string): string => {
    const { name, file: own } = define(named, text, (name) => ({ file, name }));
    assert.equal(own, file, `${name} is always in one file`);
    return `${file}:${name}`;
  };
  const functions: CallgrindFile["functions"] = [];
  const calls: CallgrindFile["calls"] = [];
  let [file, current, calledFile, called, count] = ["", "", "", "", 0];
  for (const line of lines.slice(bodyAt)) {
    if (line === "") continue;
    const [, key, value] = /^(fl|fn|cfi|cfn|calls)=(.*)$/.exec(line) ?? [];
    if (key === "fl") file = fileOf(value!);
    else if (key === "fn") current = functionOf(value!, file);
    else if (key === "cfi") calledFile = fileOf(value!);
    else if (key === "cfn") called = functionOf(value!, calledFile);
    else if (key === "calls") count = Number(/^(\d+) \d+$/.exec(value!)![1]);
    else {
      const [at, time, samples] = (/^\d+ \d+ \d+$/.exec(line) ?? assert.fail(`line "${line}"`))[0]!.split(" ")
        .map(Number);
      const cost = { time: time!, samples: samples! };
      if (count > 0) calls.push({ caller: current, callee: called, count, ...cost });
      else functions.push({ file, name: current.slice(file.length + 1), line: at!, ...cost });
      count = 0;
    }
  }
  return { header, functions, calls };
}

export const callgrindReader: Reader = {
  label: (frame) =>
    JSON.stringify([fileName(frame) || "???", withoutPlace(placedName(frame)), frame.line + 1]),
  read: (content, { request, sampleCount, profile: { unit } }) => {
    const { header, functions, calls } = parseCallgrind(content as string);
    assert.equal(header.get("events"), unit === "bytes" ? "Bytes Samples" : "CPU_us Samples");
    assert.equal(header.get("summary"), `${request.cpu} ${sampleCount}`);
    const names = new Set(functions.map(({ file, name }) => `${file}:${name}`));
    const shortNames = functions.map(({ file, name }) => `${file.split("/").at(-1)}:${name}`);
    assert.equal(new Set(shortNames).size, functions.length, "functions have names of their own");
    for (const { caller, callee } of calls) {
      assert.ok(
        names.has(caller) && names.has(callee),
        `the call ${caller} > ${callee} is between functions`,
      );
    }
    assert.equal(functions.reduce((sum, { samples }) => sum + samples, 0), sampleCount);
    const times = new Map<string, number>();
    for (const { file, name, line, time } of functions) {
      const key = JSON.stringify([file, withoutPlace(name), line]);
      times.set(key, (times.get(key) ?? 0) + time);
    }
    return times;
  },
};

/** The place that `callgrind` puts behind names that are not unique. */
function withoutPlace(name: string): string {
  return name.replace(/ #\d+$/, "").replace(/:\d+:\d+$/, "");
}
