import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Spool } from "../../src/agent/spool.ts";
import { SpoolReader } from "../support/spool_reader.ts";
import { decodeFrames } from "../../src/protocol/framing.ts";

function inDirectory(use: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const message = (n: number, size = 0) => JSON.stringify({ kind: "bye", turns: n, pad: "x".repeat(size) });

function turns(tail: SpoolReader): number[] {
  return [...tail.poll()].flatMap(({ messages }) => messages.map((it) => (it as { turns: number }).turns));
}

Deno.test("what is sent is read, in order, whenever the reader comes", () =>
  inDirectory((directory) => {
    const spool = new Spool(directory, "1-0-ab");
    const tail = new SpoolReader(directory);
    assert.deepEqual(turns(tail), []);
    spool.send(message(1));
    spool.send(message(2));
    assert.deepEqual(turns(tail), [1, 2]);
    assert.deepEqual(turns(tail), []);
    spool.send(message(3));
    spool.close();
    assert.deepEqual(turns(tail), [3]);
  }));

Deno.test("files are private and small, and the reader deletes those that are done", () =>
  inDirectory((directory) => {
    const spool = new Spool(directory, "1-0-ab");
    const tail = new SpoolReader(directory);
    for (let n = 0; n < 12; n++) assert.ok(spool.send(message(n, 1024 * 1024)));
    const files = readdirSync(directory);
    assert.ok(files.length >= 3, files.join());
    assert.equal(statSync(join(directory, files[0]!)).mode & 0o777, 0o600);
    assert.deepEqual(turns(tail), Array.from({ length: 12 }, (_, n) => n));
    assert.ok(readdirSync(directory).length <= 1);
    spool.close();
  }));

Deno.test("each file begins with the introduction", () =>
  inDirectory((directory) => {
    const spool = new Spool(directory, "1-0-ab");
    spool.introduce(message(100));
    for (let n = 0; n < 9; n++) spool.send(message(n, 1024 * 1024));
    spool.close();
    const firsts = readdirSync(directory).sort().map((name) =>
      decodeFrames(readFileSync(join(directory, name))).messages[0]
    );
    assert.deepEqual(firsts, Array.from({ length: 3 }, () => JSON.parse(message(100))));
  }));

Deno.test("nobody reads: windows are refused first, then everything, and the spool stays bounded", () =>
  inDirectory((directory) => {
    const spool = new Spool(directory, "1-0-ab");
    let sent = 0;
    while (spool.hasRoomForWindows()) spool.send(message(sent++, 1024 * 1024));
    assert.ok(sent >= 30 && sent <= 40, `${sent} MiB before windows are refused`);
    while (spool.send(message(sent, 1024 * 1024))) sent++;
    assert.ok(spool.send(message(sent++), { isLast: true }), "last words");
    const size = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    assert.ok(size < 52 * 1024 * 1024, `${size} bytes`);
    const tail = new SpoolReader(directory);
    assert.equal(turns(tail).length, sent);
    assert.ok(spool.hasRoomForWindows(), "once it is read there is room again");
    spool.close();
  }));

Deno.test("when its file is taken away the spool is broken", () =>
  inDirectory((directory) => {
    const spool = new Spool(directory, "1-0-ab");
    spool.send(message(1));
    assert.ok(spool.hasRoomForWindows());
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    assert.ok(!spool.hasRoomForWindows() && spool.isBroken);
    assert.equal(spool.send(message(2)), false);
    assert.deepEqual(readdirSync(directory), []);
  }));

Deno.test("when the directory is gone the spool is broken, and does not throw", () => {
  inDirectory((directory) => {
    const spool = new Spool(join(directory, "gone"), "1-0-ab");
    assert.equal(spool.send(message(1)), false);
    assert.ok(spool.isBroken);
    assert.equal(spool.send(message(2)), false);
    spool.close();
  });
});
