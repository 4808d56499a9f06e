import assert from "node:assert/strict";
import type { IndexEntry } from "../../src/store/entry.ts";
import { coloured, plain } from "../../src/cli/colours.ts";
import { requestLine } from "../../src/cli/lines.ts";
import { entryOf } from "./entries.ts";

const HOT = { function: "burn", file: "/app/src/work.ts", line: 7, self: 30 };
const TIME = "[22/Nov/2026 06:29:38]";

/** What is special about a request, and its line behind the time. */
const table: [what: string, entry: Partial<IndexEntry>, line: string][] = [
  [
    "an ordinary request",
    {},
    `"GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> users.42.000012ms.1795328978.cpuprofile`,
  ],
  [
    "a request without a file",
    { files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait`,
  ],
  [
    "a request that was broken off before its answer",
    { status: 0, bytes: 0, outcome: "aborted", files: ["a", "b"] },
    `"GET /users/42 HTTP/1.1" - 0 (aborted)  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> a, b`,
  ],
  [
    "a request that was not alone, and was broken off",
    { status: 0, bytes: 0, outcome: "aborted", beside: true, files: [] },
    `"GET /users/42 HTTP/1.1" - 0 (aborted, not alone)  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait`,
  ],
  [
    "a request whose allocations were sampled",
    { alloc: { bytes: 5_000_000, hot: { ...HOT, self: 4_000_000 } }, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  12.3 ms (slowed by --profiler heap) = 3.1 cpu + 2.0 blocked + 7.2 wait, 5.0 MB allocated: burn (work.ts:7)`,
  ],
  [
    "a request whose parts would not add up when each were rounded alone",
    { duration: 1.5, cpu: 0.55, blocked: 0.55, wait: 0.4, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  1.5 ms = 0.6 cpu + 0.5 blocked + 0.4 wait`,
  ],
  [
    "a request below 1 ms",
    { duration: 0.754, cpu: 0.25, blocked: 0.25, wait: 0.254, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  0.75 ms = 0.25 cpu + 0.25 blocked + 0.25 wait`,
  ],
  [
    "a request of which the garbage collector took a tenth",
    { gc: 1.3, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu (1.3 gc) + 2.0 blocked + 7.2 wait`,
  ],
  [
    "a request that took long itself",
    { duration: 50, cpu: 40, blocked: 3, wait: 7, hot: HOT, gc: 6, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  50.0 ms = 40.0 cpu (burn work.ts:7, 6.0 gc) + 3.0 blocked + 7.0 wait`,
  ],
  [
    "a request that another held up",
    {
      duration: 50,
      cpu: 2,
      blocked: 40,
      wait: 8,
      blockers: [{ id: "b", ms: 38 }, { id: "x", ms: 2 }],
      files: [],
    },
    `"GET /users/42 HTTP/1.1" 200 41107  50.0 ms = 2.0 cpu + 40.0 blocked (GET /export: burn work.ts:7) + 8.0 wait`,
  ],
  [
    "a request that work of none held up",
    {
      duration: 50,
      cpu: 2,
      blocked: 40,
      wait: 8,
      blockers: [{ id: "(outside requests)", ms: 38 }],
      files: [],
    },
    `"GET /users/42 HTTP/1.1" 200 41107  50.0 ms = 2.0 cpu + 40.0 blocked (outside requests) + 8.0 wait`,
  ],
  [
    "a request that many held up a little, or one that is not known",
    { duration: 50, cpu: 2, blocked: 40, wait: 8, blockers: [{ id: "b", ms: 9 }], files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  50.0 ms = 2.0 cpu + 40.0 blocked + 8.0 wait`,
  ],
  [
    "a request with files in several formats",
    { files: ["a.1.cpuprofile", "a.1.speedscope.json", "a.1.pb.gz"] },
    `"GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> a.1.{cpuprofile,speedscope.json,pb.gz}`,
  ],
  [
    "a request with files of different names",
    { files: ["a.1.cpuprofile", "a.1-2.folded"] },
    `"GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> a.1.cpuprofile, a.1-2.folded`,
  ],
  [
    "a request that took no time at all",
    { duration: 0, cpu: 0, blocked: 0, wait: 0, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  0.00 ms = 0.00 cpu + 0.00 blocked + 0.00 wait`,
  ],
  [
    "a request that would command the terminal",
    { method: "G\x07T", url: "/\x1b]0;x\x07\r\n\u202e\u2028\x9b", files: ["\x1b[2J"] },
    String.raw`"G\x07T /\x1b]0;x\x07\x0d\x0a\u202e\u2028\x9b HTTP/1.1" 200 41107  ` +
    String.raw`12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> \x1b[2J`,
  ],
  [
    "a request with a long URL",
    { url: "/" + "🙂".repeat(1000), files: [] },
    `"GET /${"🙂".repeat(298)}… HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait`,
  ],
];

const known = (id: string) => id === "b" ? { name: "GET /export", hot: HOT } : undefined;

for (const [what, entry, line] of table) {
  Deno.test(`${what} gets its line`, () =>
    assert.equal(requestLine(entryOf(entry), { paint: plain, known }), `${TIME} ${line}`));
}

Deno.test("the parts of a line add up as printed, whatever the times", () => {
  for (let at = 0; at < 2000; at++) {
    const [cpu, blocked, wait] = [Math.random() * 9, Math.random() * 99, Math.random()].map((it) =>
      Math.round(it * 1000) / 1000
    ) as [number, number, number];
    const duration = Math.round((cpu + blocked + wait) * 1000) / 1000;
    const line = requestLine(entryOf({ duration, cpu, blocked, wait, files: [] }), { paint: plain });
    const [whole = "", a = "", b = "", c = ""] = line.match(/\d+\.\d+(?= )/g)?.slice(-4) ?? [];
    const units = (text: string) => Math.round(Number(text) * 100);
    assert.equal(units(whole), units(a) + units(b) + units(c), line);
    assert.ok(Math.abs(Number(whole) - duration) <= 0.05 + 1e-9, `${duration} is printed as ${whole}`);
  }
});

Deno.test("failures are red, wrong requests yellow, and the part a slow request spent most in stands out", () => {
  const line = (known: Partial<IndexEntry>) =>
    requestLine(entryOf({ files: [], ...known }), { paint: coloured }).replaceAll("\x1b", "ESC");
  assert.match(line({ status: 503 }), /ESC\[31m"GET .* 503 41107ESC\[0m/);
  assert.match(line({ status: 404 }), /ESC\[33m"GET .* 404 41107ESC\[0m/);
  assert.ok(!line({ status: 200 }).includes("ESC"));
  assert.match(
    line({ duration: 150, cpu: 20, blocked: 120, wait: 10 }),
    /\+ ESC\[33m120\.0 blockedESC\[0m \+/,
  );
  assert.match(line({ outcome: "error" }), /ESC\[31m\(error\)ESC\[0m/);
});

Deno.test("a line fits the terminal: first the date goes, then the files, then the end of the URL", () => {
  const split = "12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait";
  const entry = entryOf({ url: "/users/42?" + "x".repeat(30), files: ["a.cpuprofile"] });
  const at = (width: number) => requestLine(entry, { paint: plain, width });
  const whole = at(1000);
  assert.equal(at(whole.length), whole);
  const undated = at(whole.length - 1);
  assert.match(undated, /^\[06:29:38\] "GET .* -> a\.cpuprofile$/);
  const bare = at(undated.length - 1);
  assert.match(bare, /^\[06:29:38\] "GET \/users\/42\?x{30} HTTP.* wait$/);
  assert.equal(at(93), `[06:29:38] "GET /users/42?xx… HTTP/1.1" 200 41107  ${split}`);
  assert.equal(at(40), "GET /users/42?x… 200  12.3 ms = 3.1 cpu…");
  for (let width = 10; width < 160; width++) {
    assert.ok([...at(width)].length <= width, `${width}: ${at(width)}`);
    const painted = requestLine({ ...entry, status: 500, duration: 500, wait: 494.9 }, {
      paint: coloured,
      width,
    });
    assert.ok(!/ESC(?!\[\d+m)|ESC\[[1-9]\d*m(?:(?!ESC).)*$/.test(painted), `the colours end: ${painted}`);
  }
});
