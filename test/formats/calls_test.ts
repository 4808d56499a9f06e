/** Counted calls in files: exact in callgrind, kept by a `.cpuprofile`. */
import assert from "node:assert/strict";
import { callgrind } from "../../src/formats/callgrind.ts";
import { cpuprofile, cpuProfileFile } from "../../src/formats/cpuprofile.ts";
import { FormatError } from "../../src/formats/format.ts";
import { readCpuprofile } from "../../src/formats/read_cpuprofile.ts";
import type { FunctionCalls } from "../../src/profile/function_calls.ts";
import type { Frame } from "../../src/profile/model.ts";
import type { RequestProfile } from "../../src/profile/request.ts";
import { requestProfileOf } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";
import { randomSubject } from "./cases.ts";
import { parseCallgrind } from "./readers/callgrind.ts";

/** A profile with the counts of functions, by name; of those that are not in it without a place. */
function counted(folded: string, counts: Readonly<Record<string, number>>): RequestProfile {
  const subject = requestProfileOf(folded);
  const { frames } = subject.profile;
  const functions = Object.entries(counts).map(([name, count]): FunctionCalls => ({
    frame: frames.find((it) => it.name === name) ?? { name, url: "file:///other.js", line: 6, column: 2 },
    count,
    isResumed: false,
  }));
  return { ...subject, calls: { functions, leftOut: 0 } };
}

function sums(subject: RequestProfile): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { callee, count } of parseCallgrind(callgrind.write(subject) as string).calls) {
    const name = callee.slice(callee.lastIndexOf(":") + 1);
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

Deno.test("calls= of a function add up to its count, recursive or called by several", () => {
  const profile = "a;f 5\n b;f 1\n a;f 3\n r 1\n r;r 1\n r;r;r 2\n b 1";
  assert.deepEqual(sums(counted(profile, { a: 1, b: 3, f: 1234, r: 101 })), { a: 1, b: 3, f: 1234, r: 101 });
});

Deno.test("a function that was counted and not sampled is called by (callers not sampled), at no cost", () => {
  const subject = counted("a 5", { a: 2, seldom: 17 });
  const { calls } = parseCallgrind(callgrind.write(subject) as string);
  assert.deepEqual(calls.filter(({ callee }) => callee.endsWith(":seldom")), [{
    caller: "???:(callers not sampled)",
    callee: "/other.js:seldom",
    count: 17,
    time: 0,
    samples: 0,
  }]);
});

Deno.test("a count without a place is that of the only function of its name in its script", () => {
  const placeless = (url: string): FunctionCalls => ({
    frame: { name: "f", url, line: -1, column: -1 },
    count: 9,
    isResumed: false,
  });
  const subject = requestProfileOf("f@/a.js:1 1\n f@/b.js:1 1\n f@/b.js:2 1");
  const functions = [placeless("/a.js"), placeless("/b.js")];
  const { calls } = parseCallgrind(
    callgrind.write({ ...subject, calls: { functions, leftOut: 0 } }) as string,
  );
  const found = calls.map(({ caller, callee, count }) => `${caller.slice(4)} ${callee} ${count}`).sort();
  assert.deepEqual(found, [
    "(callers not sampled) /b.js:f 9",
    "(request) /a.js:f 9",
    "(request) /b.js:f:2:1 1",
    "(request) /b.js:f:3:1 1",
  ]);
});

testRandomly("calls= add up to the counts in random profiles", 50, (random) => {
  const subject = randomSubject(random);
  const functions = subject.profile.frames.map((frame: Frame, f: number) => ({
    frame,
    count: 1000 + f,
    isResumed: false,
  }));
  const { calls } = parseCallgrind(
    callgrind.write({ ...subject, calls: { functions, leftOut: 0 } }) as string,
  );
  const sums = new Map<string, number>();
  for (const { callee, count } of calls) sums.set(callee, (sums.get(callee) ?? 0) + count);
  assert.deepEqual([...sums.values()].sort((a, b) => a - b), functions.map(({ count }) => count));
});

Deno.test("a .cpuprofile keeps the calls, and refuses what is none", () => {
  const subject = counted("a 5", { a: 2, seldom: 17 });
  const content = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const read = readCpuprofile(new TextEncoder().encode(cpuprofile.write(subject) as string), "x");
  assert.deepEqual(read.calls, subject.calls);
  const file = cpuProfileFile(subject);
  for (
    const calls of [
      7,
      [["f"]],
      [["f", "u", 1, 2, -1, 0]],
      [["f", "u", 1, 2, 0.5, 0]],
      [["f", "u", -2, 2, 1, 0]],
      [[1, "u", 1, 2, 1, 0]],
      [["f", "u", 1, 2, 1, true]],
    ]
  ) {
    assert.throws(
      () => readCpuprofile(content({ ...file, profsrv: { ...file.profsrv, calls } }), "x"),
      FormatError,
    );
  }
});
