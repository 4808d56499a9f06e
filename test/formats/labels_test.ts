import assert from "node:assert/strict";
import { fileName, frameLabel, oneLine, placedName } from "../../src/formats/labels.ts";
import { metaFrame } from "../../src/profile/frames.ts";

const texts: readonly [string, string][] = [
  ["plain", "plain"],
  ["  a  b ", "a  b"],
  ["a\nb\r\nc\td\0e", "a b  c d e"],
  ["\u2028a\u0085", "a"],
  ["a\u202eb\u2066c", "a b c"],
  ["\ud83e\udd95 \ud800", "🦕 \ufffd"],
];
for (const [text, line] of texts) {
  Deno.test(`${JSON.stringify(text)} is shown in one line as "${line}"`, () =>
    assert.equal(oneLine(text), line));
}

const files: readonly [string, string][] = [
  ["file:///srv/app.js", "/srv/app.js"],
  ["file:///srv/a%20b/%C3%A4.js", "/srv/a b/ä.js"],
  ["file:///srv/100%.js", "/srv/100%.js"],
  ["file:///C:/srv/app.js", "C:/srv/app.js"],
  ["file:///c%3A/srv/app.js", "c:/srv/app.js"],
  ["file://host/share/app.js", "file://host/share/app.js"],
  ["https://esm.sh/x@1", "https://esm.sh/x@1"],
  ["node:internal/timers", "node:internal/timers"],
  ["/srv/app.js", "/srv/app.js"],
  ["", ""],
];
for (const [url, file] of files) {
  Deno.test(`the script "${url}" is the file "${file}"`, () => {
    assert.equal(fileName({ name: "f", url, line: 0, column: 0 }), file);
  });
}

Deno.test("a function is shown with its place, counted from 1", () => {
  const frame = { name: "f", url: "file:///srv/app.js", line: 9, column: 4 };
  assert.deepEqual([frameLabel(frame), placedName(frame)], ["f (/srv/app.js:10:5)", "f"]);
  assert.equal(frameLabel({ ...frame, column: -1 }), "f (/srv/app.js:10)");
  assert.equal(frameLabel({ ...frame, line: -1, column: -1 }), "f (/srv/app.js)");
  assert.equal(frameLabel(metaFrame("(program)")), "(program)");
});

Deno.test("a function without name has its place for one", () => {
  const frame = { name: "", url: "file:///srv/app.js", line: 9, column: 4 };
  assert.equal(placedName(frame), "(anonymous app.js:10:5)");
  assert.equal(frameLabel(frame), "(anonymous) (/srv/app.js:10:5)");
  assert.equal(placedName({ ...frame, url: "" }), "(anonymous)");
});
