import assert from "node:assert/strict";
import { appendFileSync, closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { LineReader, linesOf } from "../../src/files/lines.ts";
import { inDirectory } from "../support/special_files.ts";

const texts: readonly (readonly [string, (string | null)[]])[] = [
  ["", []],
  ["a", ["a"]],
  ["a\n\nb\n", ["a", "", "b"]],
  ["é".repeat(10) + "\nb", ["é".repeat(10), "b"]],
  ["x".repeat(41) + "\nb\n" + "x".repeat(41), [null, "b", null]],
];
for (const [text, expected] of texts) {
  Deno.test(`lines of ${JSON.stringify(text.slice(0, 10))}, ${text.length} characters`, () =>
    inDirectory((directory) => {
      writeFileSync(join(directory, "x"), text);
      assert.deepEqual([...linesOf(new LineReader(join(directory, "x"), 40))], expected);
    }));
}

Deno.test("lines across chunks are whole", () =>
  inDirectory((directory) => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i}é`.repeat(i * 997));
    writeFileSync(join(directory, "x"), lines.join("\n"));
    assert.deepEqual([...linesOf(new LineReader(join(directory, "x"), 1e9))], lines);
  }));

Deno.test("a line of 300 MB takes no memory", () =>
  inDirectory((directory) => {
    const descriptor = openSync(join(directory, "x"), "w");
    writeSync(descriptor, "first\n");
    ftruncateSync(descriptor, 3e8);
    closeSync(descriptor);
    appendFileSync(join(directory, "x"), "\nlast\n");
    const before = process.memoryUsage().rss;
    assert.deepEqual([...linesOf(new LineReader(join(directory, "x"), 1000))], ["first", null, "last"]);
    assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20);
  }));
