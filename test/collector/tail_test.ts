import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame } from "../../src/protocol/framing.ts";
import { spoolFileName } from "../../src/protocol/spool_file.ts";
import { SpoolReader } from "../support/spool_reader.ts";

function inSpool(use: (path: (stream: string, number: number) => string, tail: SpoolReader) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    use((stream, number) => join(directory, spoolFileName(stream, number)), new SpoolReader(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const frame = (turns: number) => encodeFrame(JSON.stringify({ kind: "bye", turns }));

/** All that a poll gives: `stream:turns` of each message, `stream!` for each unreadable frame. */
function poll(tail: SpoolReader): string[] {
  return [...tail.poll()].flatMap(({ stream, messages, unreadable }) => [
    ...messages.map((it) => `${stream}:${(it as { turns: number }).turns}`),
    ...Array.from({ length: unreadable }, () => `${stream}!`),
  ]);
}

Deno.test("a frame is taken when its last byte is there", () =>
  inSpool((path, tail) => {
    for (const byte of frame(1).subarray(0, -1)) {
      appendFileSync(path("1-0-a", 0), Buffer.of(byte));
      assert.deepEqual(poll(tail), []);
    }
    appendFileSync(path("1-0-a", 0), frame(1).subarray(-1));
    assert.deepEqual(poll(tail), ["1-0-a:1"]);
  }));

Deno.test("a file with a successor is deleted when it is read, the last one is kept", () =>
  inSpool((path, tail) => {
    writeFileSync(path("1-0-a", 0), frame(1));
    writeFileSync(path("1-0-a", 1), frame(2));
    assert.deepEqual(poll(tail), ["1-0-a:1", "1-0-a:2"]);
    assert.ok(!existsSync(path("1-0-a", 0)) && existsSync(path("1-0-a", 1)));
  }));

Deno.test("files are read in the order of their numbers, not of their names", () =>
  inSpool((path, tail) => {
    for (let n = 0; n < 12; n++) writeFileSync(path("1-0-a", n), frame(n));
    assert.deepEqual(poll(tail), Array.from({ length: 12 }, (_, n) => `1-0-a:${n}`));
  }));

Deno.test("streams do not mix", () =>
  inSpool((path, tail) => {
    writeFileSync(path("1-0-a", 0), frame(1));
    writeFileSync(path("1-1-b", 0), frame(2).subarray(0, 5));
    assert.deepEqual(poll(tail), ["1-0-a:1"]);
    appendFileSync(path("1-1-b", 0), frame(2).subarray(5));
    assert.deepEqual(poll(tail), ["1-1-b:2"]);
  }));

Deno.test("a frame that a dying process never finished is counted, and the next file read", () =>
  inSpool((path, tail) => {
    writeFileSync(path("1-0-a", 0), Buffer.concat([frame(1), frame(2).subarray(0, 7)]));
    writeFileSync(path("1-0-a", 1), frame(3));
    assert.deepEqual(poll(tail), ["1-0-a:1", "1-0-a!", "1-0-a:3"]);
  }));

Deno.test("other files in the spool are left alone", () =>
  inSpool((path, tail) => {
    const other = path("1-0-a", 0).replace(".spool", ".other");
    writeFileSync(other, frame(1));
    assert.deepEqual(poll(tail), []);
    assert.ok(existsSync(other));
  }));

Deno.test("a message larger than what is read at once arrives whole", () =>
  inSpool((path, tail) => {
    const large = encodeFrame(JSON.stringify({ kind: "bye", turns: 7, pad: "é".repeat(9 * 1024 * 1024) }));
    writeFileSync(path("1-0-a", 0), large);
    assert.deepEqual(poll(tail), ["1-0-a:7"]);
  }));
