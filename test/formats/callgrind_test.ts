import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callgrind } from "../../src/formats/callgrind.ts";
import { fileName, placedName } from "../../src/formats/labels.ts";
import type { Frame } from "../../src/profile/model.ts";
import type { RequestProfile } from "../../src/profile/request.ts";
import { requestProfileOf } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";
import { cases, chain, randomSubject, testFormat } from "./cases.ts";
import { golden } from "./golden.ts";
import { callgrindReader, parseCallgrind } from "./readers/callgrind.ts";

testFormat(callgrind, callgrindReader);

function text(profile: string, own: Partial<RequestProfile["request"]> = {}): string {
  return callgrind.write(requestProfileOf(profile, own)) as string;
}

Deno.test("a recursive function's inclusive cost counts each sample once", () => {
  golden("recursion.callgrind", text("f 1\n f;f 2\n f;f;f 4\n f;f;g@/lib/g.js:6 8"));
});

Deno.test("mutually recursive functions' inclusive costs count each sample once", () => {
  golden("mutual_recursion.callgrind", text("a;b 1\n a;b;a 2\n a;b;a;b 4\n a;b;a;b;c 8\n b;a 16"));
});

Deno.test("functions of one name in one file are told apart by their place", () => {
  const { functions } = parseCallgrind(text("f@x.js:1 1\n f@x.js:2 2\n f@y.js:1 4\n @x.js:3 8\n @x.js:5 16"));
  assert.deepEqual(functions.map(({ file, name, time }) => `${file} ${name} ${time}`), [
    "??? (request) 0",
    "x.js f:2:1 1",
    "x.js f:3:1 2",
    "y.js f 4",
    "x.js (anonymous x.js:4:1) 8",
    "x.js (anonymous x.js:6:1) 16",
  ]);
});

Deno.test("functions of one name in files of one name are told apart, in other files they keep it", () => {
  const { functions } = parseCallgrind(
    text("f@/a/index.js:1 1\n f@/b/index.js:2 2\n f@/b/index.js:2;f@/c.js:2 4"),
  );
  assert.deepEqual(functions.slice(1).map(({ file, name, time }) => `${file} ${name} ${time}`), [
    "/a/index.js f:2:1 1",
    "/b/index.js f:3:1 2",
    "/c.js f 4",
  ]);
});

Deno.test("functions that only look the same in one line, at one place, are numbered", () => {
  const frames = ["f x", "f\nx", "f\tx"].map((name) => ({ name, url: "x.js", line: 4, column: 0 }));
  const { functions } = parseCallgrind(callgrind.write(requestProfileOf(chain(frames))) as string);
  assert.deepEqual(functions.slice(1).map(({ name }) => name), ["f x:5:1", "f x:5:1 #2", "f x:5:1 #3"]);
});

Deno.test("scripts that are files are named by their path, on Windows too", () => {
  const { functions } = parseCallgrind(
    text("a@file:///srv/a%20b/app.js 1\n b@file:///C:/app.js 1\n c@node:fs 1\n (program) 1"),
  );
  assert.deepEqual(functions.map(({ file }) => file), [
    "???",
    "/srv/a b/app.js",
    "C:/app.js",
    "node:fs",
    "???",
  ]);
});

const hasAnnotate = ((): boolean => {
  const { error } = spawnSync("callgrind_annotate", ["--version"]);
  if (error !== undefined) {
    console.error("SKIPPED: callgrind_annotate cannot be run (Debian: apt install valgrind)");
  }
  return error === undefined;
})();

/** Time by `file:function` as callgrind_annotate prints it, and its total. */
function annotate(content: string, inclusive: "yes" | "no"): { times: Map<string, number>; total: number } {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    const file = join(directory, "test.callgrind");
    writeFileSync(file, content);
    const options = [
      "--threshold=100",
      "--show-percs=no",
      "--show=CPU_us",
      `--inclusive=${inclusive}`,
      "--auto=no",
    ];
    const output = execFileSync("callgrind_annotate", [...options, file], {
      encoding: "utf8",
      maxBuffer: 1e9,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const times = new Map<string, number>();
    let total = NaN;
    for (const line of output.split("\n")) {
      const [, cost, what] = /^ *([\d,]+|\.) +(.*)$/.exec(line) ?? [];
      if (cost === undefined) continue;
      const time = cost === "." ? 0 : Number(cost.replaceAll(",", ""));
      if (what === "PROGRAM TOTALS") total = time;
      else if (time > 0) times.set(what!.replace(/ \[\]$/, ""), time);
    }
    return { times, total };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Inclusive time by `file:function`, the slow and obvious way. */
function inclusiveTimes({ profile }: RequestProfile, label: (frame: Frame) => string): Map<string, number> {
  const times = new Map<string, number>();
  const { frames, stacks, samples } = profile;
  for (const [i, stack] of samples.stack.entries()) {
    const seen = new Set(["???:(request)"]);
    for (let s = stack; s >= 0; s = stacks.parent[s]!) seen.add(label(frames[stacks.frame[s]!]!));
    const time = samples.time[i]!;
    if (time > 0) { for (const name of seen) times.set(name, (times.get(name) ?? 0) + time); }
  }
  return times;
}

function sorted(map: ReadonlyMap<string, number>): [string, number][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : 1);
}

/** The self times that our own reader finds, which `testFormat` compares with the model. */
function ownTimes(content: string): Map<string, number> {
  const { functions } = parseCallgrind(content);
  return new Map(
    functions.filter(({ time }) => time > 0).map(({ file, name, time }) => [`${file}:${name}`, time]),
  );
}

for (const [name, subject] of cases) {
  Deno.test({
    name: `callgrind_annotate reads the same self time per function: ${name}`,
    ignore: !hasAnnotate,
    fn: () => {
      const content = callgrind.write(subject) as string;
      const { times, total } = annotate(content, "no");
      assert.deepEqual(sorted(times), sorted(ownTimes(content)));
      if (subject.request.cpu > 0) assert.equal(total, subject.request.cpu);
    },
  });
}

if (hasAnnotate) {
  testRandomly("callgrind_annotate finds the right inclusive times in random profiles", 20, (random) => {
    const subject = randomSubject(random);
    if (subject.request.cpu === 0) return;
    const content = callgrind.write(subject) as string;
    const label = (frame: Frame): string => `${fileName(frame) || "???"}:${placedName(frame)}`;
    assert.deepEqual(sorted(annotate(content, "yes").times), sorted(inclusiveTimes(subject, label)));
  });
}
