import assert from "node:assert/strict";
import { linesOf } from "../../src/sources/lines.ts";

const rows: readonly [what: string, text: string, lines: readonly string[]][] = [
  ["of Unix", "a\nb\n\nc", ["a", "b", "", "c"]],
  ["of old Macs", "a\rb\r\rc", ["a", "b", "", "c"]],
  ["of Windows and others", "a\r\nb\rc", ["a", "b", "c"]],
  ["a separator in a string", `x = "a\u2028b";\nc\u2029d`, [`x = "a`, `b";`, "c", "d"]],
  ["none", "a", ["a"]],
];

Deno.test("lines are those that V8 counts", () => {
  const trimmed = (line: string) => line.replace(/[\r\u2028\u2029]+$/, "");
  assert.deepEqual(
    rows.map((
      [what, text, lines],
    ) => [what, [...lines.keys(), lines.length].map(linesOf(text)).map(trimmed)]),
    rows.map(([what, , lines]) => [what, [...lines, ""]]),
  );
});
