import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import process from "node:process";
import { encodeFrame } from "../../src/protocol/framing.ts";
import { endedPid, goodbye, hello, Spooled } from "../support/spooled.ts";

const { pid } = process;
const MAP = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" } as const;
const isWindows = process.platform === "win32";

Deno.test("who has said goodbye leaves no file, no map and no stream, but its sums", () => {
  using spool = new Spooled();
  for (let n = 0; n < 20; n++) {
    spool.write(`${pid}-0-${n.toString(16)}`, [hello(pid), { kind: "sources", url: "/a.ts", map: MAP }]);
  }
  spool.poll();
  assert.equal(spool.sources.told.count, 1, "equal maps are kept once");
  assert.equal(spool.streams.serving().length, 20);
  for (let n = 0; n < 20; n++) spool.write(`${pid}-0-${n.toString(16)}`, [goodbye]);
  spool.poll();
  assert.deepEqual(readdirSync(spool.directory), []);
  assert.deepEqual([spool.sources.told.count, spool.streams.serving()], [0, []]);
  assert.equal(spool.streams.count, 0);
  const { processes, cost } = spool.streams.sum();
  assert.deepEqual([processes, cost.turns, spool.streams.runtimes()], [20, 20, ["node 24.1.0"]]);
});

Deno.test("a process that dies without a goodbye is noticed, and what it told last is not lost", async () => {
  using spool = new Spooled();
  const child = spawn(process.execPath, ["eval", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const stream = `${child.pid}-0-a`;
  spool.write(stream, [hello(child.pid!)]);
  spool.poll();
  assert.deepEqual(spool.streams.serving().map((it) => it.pid), [child.pid]);
  process.kill(child.pid!, "SIGKILL");
  await once(child, "exit");
  assert.deepEqual(spool.streams.serving(), []);
  const trouble = { text: "last", droppedWindows: 0, droppedRequests: 0, droppedSwitches: 0 };
  spool.write(stream, [{ kind: "trouble", ...trouble }], 1);
  const told = [];
  while (spool.streams.count > 0) {
    told.push(...spool.poll());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(told.map((it) => it.kind), ["trouble"]);
  assert.deepEqual([readdirSync(spool.directory), spool.streams.sum().processes], [[], 1]);
});

Deno.test("a file that is missing between others is counted, and those behind it and other streams are read", () => {
  using spool = new Spooled();
  spool.write("1-0-a", [hello(1)], 3);
  spool.write("1-0-b", [hello(1)]);
  spool.poll();
  spool.write("1-0-a", [goodbye], 6);
  spool.write("1-0-b", [goodbye]);
  assert.deepEqual(spool.poll(), [{ kind: "unreadable", count: 2, problem: undefined }]);
  assert.equal(spool.streams.sum().cost.turns, 2);
});

/** What somebody else may put in the place of a spool file. */
const strange: Readonly<Record<string, (path: string) => void>> = {
  "a FIFO": (path) => void spawnSync("mkfifo", [path]),
  "a link to a file": (path) => {
    writeFileSync(`${path}.txt`, encodeFrame(JSON.stringify(goodbye)));
    symlinkSync(`${path}.txt`, path);
  },
  "a link to nowhere": (path) => symlinkSync("/nowhere", path),
  "a directory": (path) => void spawnSync("mkdir", [path]),
};

for (const [what, make] of Object.entries(strange)) {
  Deno.test({
    name: `${what} in the place of a spool file is counted once, and hinders nobody`,
    ignore: isWindows,
    fn() {
      using spool = new Spooled();
      make(spool.path("1-0-a"));
      spool.write("1-0-b", [hello(1)]);
      const [event, ...more] = spool.poll();
      assert.deepEqual(event, {
        kind: "unreadable",
        count: 1,
        problem: `Cannot read "${spool.path("1-0-a")}": it is no file`,
      });
      spool.write("1-0-b", [goodbye]);
      assert.deepEqual([...more, ...spool.poll()], []);
      assert.equal(spool.streams.sum().cost.turns, 1);
    },
  });
}

Deno.test({
  name: "a file that may not be read hinders nobody, and is read when it may",
  ignore: isWindows || process.getuid?.() === 0,
  fn() {
    using spool = new Spooled();
    spool.write("1-0-a", [hello(1)]);
    chmodSync(spool.path("1-0-a"), 0);
    spool.write("1-0-b", [hello(1), goodbye]);
    assert.equal(spool.poll().length, 1);
    assert.equal(spool.streams.sum().processes, 1);
  },
});

Deno.test("a damaged frame ends the reading of its file, and the next file is read", () => {
  using spool = new Spooled();
  spool.write("1-0-a", [hello(1)]);
  writeFileSync(spool.path("1-0-a"), Buffer.alloc(3 * 1024 * 1024, 0xff), { flag: "a" });
  spool.write("1-0-a", [goodbye], 1);
  const events = spool.poll();
  assert.deepEqual(events, [{ kind: "unreadable", count: 1, problem: undefined }]);
  assert.equal(spool.streams.sum().cost.turns, 1);
});

Deno.test("of very many streams some have their turn in each poll, and all in the end", () => {
  using spool = new Spooled();
  const names = Array.from({ length: 1000 }, (_, n) => `${pid}-${n}-a`);
  for (const name of names) spool.write(name, [hello(pid)]);
  const seen = [];
  while (seen.at(-1) !== names.length) {
    spool.poll(false);
    seen.push(spool.streams.sum().processes);
  }
  assert.deepEqual(seen, [256, 512, 768, 1000]);
  spool.write(names.at(-1)!, [goodbye]);
  for (let poll = 0; poll < 4; poll++) spool.poll(false);
  assert.equal(spool.streams.count, 999);
});

Deno.test("a stream that tells nothing new is not opened", () => {
  using spool = new Spooled();
  spool.write(`${pid}-0-a`, [hello(pid)]);
  spool.poll();
  const path = spool.path(`${pid}-0-a`);
  utimesSync(path, new Date(0), new Date(0));
  spool.poll();
  // Whoever reads a file changes when it was read last, if that was before it was written.
  assert.equal(Deno.statSync(path).atime?.getTime(), 0);
});

Deno.test({
  name: "who was born after the last word is somebody else with the same id, and is not waited for",
  ignore: process.platform !== "linux",
  fn() {
    using spool = new Spooled();
    spool.write(`${pid}-0-a`, [hello(pid)]);
    utimesSync(spool.path(`${pid}-0-a`), new Date(0), new Date(0));
    spool.poll();
    assert.deepEqual(spool.streams.serving(), []);
  },
});

Deno.test("what is left when the run ends is ended, too", async () => {
  using spool = new Spooled();
  spool.write(`${await endedPid()}-0-a`, [hello(7)]);
  spool.write(`${pid}-0-b`, [hello(pid)]);
  spool.poll();
  assert.deepEqual([...spool.streams.end()], []);
  assert.deepEqual([spool.streams.count, spool.streams.sum().processes], [0, 2]);
  assert.ok(!existsSync(spool.path(`${pid}-0-b`)));
});
