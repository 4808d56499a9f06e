import assert from "node:assert/strict";
import { printable, shortened } from "../../src/cli/printable.ts";

const table: [text: string, shown: string][] = [
  ["/a?b=ü&c=日本🙂", "/a?b=ü&c=日本🙂"],
  ["\x1b[31m", "\\x1b[31m"],
  ["\0\t\n\r\x7f\x85\x9b", "\\x00\\x09\\x0a\\x0d\\x7f\\x85\\x9b"],
  ["\u202e\u2066\u2028\ufeff\u061c", "\\u202e\\u2066\\u2028\\ufeff\\u061c"],
  ["\u200b\u00ad\u2060\ufff9\u{e0041}", "\\u200b\\xad\\u2060\\ufff9\\u{e0041}"],
  ["क\u200dष 👩\u200d💻", "क\u200dष 👩\u200d💻"],
  ["\ud800x\udc00", "\\ud800x\\udc00"],
];

for (const [text, shown] of table) {
  Deno.test(`${JSON.stringify(text)} is shown as ${shown}`, () => assert.equal(printable(text), shown));
}

Deno.test("a text is cut between signs, never within one", () => {
  assert.equal(shortened("abc", 3), "abc");
  assert.equal(shortened("abcd", 3), "ab…");
  assert.equal(shortened("🙂🙂🙂", 3), "🙂🙂🙂");
  assert.equal(shortened("🙂🙂🙂🙂", 3), "🙂🙂…");
});
