import assert from "node:assert/strict";
import type { IndexEntry } from "../../src/store/entry.ts";
import { coloured, plain } from "../../src/cli/colours.ts";
import { requestLine } from "../../src/cli/lines.ts";
import { entryOf } from "./entries.ts";

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
    "a request whose parts would not add up when each were rounded alone",
    { duration: 0.75, cpu: 0.25, blocked: 0.25, wait: 0.25, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  0.8 ms = 0.3 cpu + 0.3 blocked + 0.2 wait`,
  ],
  [
    "a request that took no time at all",
    { duration: 0, cpu: 0, blocked: 0, wait: 0, files: [] },
    `"GET /users/42 HTTP/1.1" 200 41107  0.0 ms = 0.0 cpu + 0.0 blocked + 0.0 wait`,
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

for (const [what, entry, line] of table) {
  Deno.test(`${what} gets its line`, () =>
    assert.equal(requestLine(entryOf(entry), plain), `${TIME} ${line}`));
}

Deno.test("the parts of a line add up as printed, whatever the times", () => {
  for (let at = 0; at < 2000; at++) {
    const [cpu, blocked, wait] = [Math.random() * 9, Math.random() * 99, Math.random()].map((it) =>
      Math.round(it * 1000) / 1000
    ) as [number, number, number];
    const duration = Math.round((cpu + blocked + wait) * 1000) / 1000;
    const line = requestLine(entryOf({ duration, cpu, blocked, wait, files: [] }), plain);
    const [whole = "", a = "", b = "", c = ""] = line.match(/\d+\.\d(?= )/g)?.slice(-4) ?? [];
    const tenths = (text: string) => Math.round(Number(text) * 10);
    assert.equal(tenths(whole), tenths(a) + tenths(b) + tenths(c), line);
    assert.ok(Math.abs(Number(whole) - duration) <= 0.05 + 1e-9, `${duration} is printed as ${whole}`);
  }
});

Deno.test("failures are red, wrong requests yellow, and the part a slow request spent most in stands out", () => {
  const line = (known: Partial<IndexEntry>) =>
    requestLine(entryOf({ files: [], ...known }), coloured).replaceAll("\x1b", "ESC");
  assert.match(line({ status: 503 }), /ESC\[31m"GET .* 503 41107ESC\[0m/);
  assert.match(line({ status: 404 }), /ESC\[33m"GET .* 404 41107ESC\[0m/);
  assert.ok(!line({ status: 200 }).includes("ESC"));
  assert.match(
    line({ duration: 150, cpu: 20, blocked: 120, wait: 10 }),
    /\+ ESC\[33m120\.0 blockedESC\[0m \+/,
  );
  assert.match(line({ outcome: "error" }), /ESC\[31m\(error\)ESC\[0m/);
});
