import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Buffer } from "node:buffer";
import type { IndexEntry } from "../../src/store/entry.ts";
import { IndexLines } from "../../src/store/index_line.ts";
import { readEntry } from "../../src/store/read_entry.ts";
import { countIndex, readIndex } from "../../src/store/read_run.ts";
import { type CountedEntry, countedOf, EntryScanner } from "../../src/store/scan_entry.ts";
import { type Random, seededRandom, testRandomly } from "../support/random.ts";
import { inDirectory } from "../support/special_files.ts";
import { randomEntry } from "./random_entry.ts";

/** What of an entry is added up, in the order of `CountedEntry`. */
function counted(entry: CountedEntry | undefined): unknown {
  if (entry === undefined) return undefined;
  const { id, method, route, status, pattern, startedOn, outcome, files } = entry;
  const { duration, cpu, blocked, wait, hot, alloc, blockers, calls } = entry;
  return [
    id,
    method,
    route,
    status,
    pattern,
    startedOn,
    outcome,
    files,
    duration,
    cpu,
    blocked,
    wait,
    hot,
    alloc,
    blockers,
    calls,
  ];
}

function read(line: string): CountedEntry | undefined {
  const entry = readEntry(line);
  return entry === undefined ? undefined : countedOf(entry);
}

/** An entry as most are: nothing in it is odd. */
function usual(random: Random): ReturnType<typeof randomEntry> {
  const { integer, pick, oneIn } = random;
  const time = () => integer(0, 10_000_000) / 1000;
  const id = () => `3ad6cc28-${integer(1, 10_000_000)}`;
  const hot = {
    function: pick(["compute", "zähle", ""]),
    file: "/a/b.ts",
    line: integer(0, 50),
    self: time(),
  };
  return {
    ...randomEntry(random),
    ...{ id: id(), method: "GET", url: `/users/${integer(1, 9)}?x=ä`, path: "/users", route: "/users/:id" },
    ...{ bytes: integer(0, 2 ** 40), start: new Date(integer(1e12, 2e12)).toISOString(), queued: time() },
    ...{ queuedBy: undefined, duration: time(), cpu: time(), blocked: time(), wait: time(), gc: time() },
    ...{
      run: "r1",
      hot: oneIn(3) ? null : hot,
      calls: undefined,
      beside: undefined,
      trace: oneIn(2) ? null : "4bf9",
    },
    blockers: Array.from(
      { length: integer(0, 3) },
      () => ({ id: oneIn(3) ? "(outside requests)" : id(), ms: time() }),
    ),
    files: oneIn(2) ? [] : ["a/b.cpuprofile", "a/b.folded"],
  };
}

function lineOf(entry: IndexEntry): string {
  const lines = new IndexLines();
  lines.add(entry);
  return new TextDecoder().decode(lines.bytes);
}

testRandomly(
  "a line is scanned as it is read, among others in one text; none that is usual is left out",
  100,
  (random) => {
    const scanner = new EntryScanner();
    for (let i = 0; i < 50; i++) {
      const isUsual = random.oneIn(2);
      const line = lineOf(isUsual ? usual(random) : randomEntry(random));
      const scanned = scanner.scan(Buffer.from(line + line), Buffer.byteLength(line));
      if (scanned !== undefined) assert.deepEqual(counted(scanned), counted(read(line)), line);
      else assert.ok(!isUsual, line);
    }
  },
);

testRandomly("what is damaged is not scanned as something else than it is read", 20, (random) => {
  const scanner = new EntryScanner();
  const { integer, pick } = random;
  for (let i = 0; i < 100; i++) {
    const line = lineOf(usual(random)).slice(0, -1);
    const [from, length] = [integer(0, line.length), integer(0, 3)];
    const piece = pick([
      "",
      "0",
      "-",
      ".",
      "e5",
      '"',
      "\\",
      ",",
      "}",
      "{",
      "]",
      "\n",
      "..",
      "null",
      "\u0001",
      "a",
    ]);
    const damaged = line.slice(0, from) + piece + line.slice(from + length);
    const scanned = scanner.scan(Buffer.from(damaged), 0);
    // A line ends where a line break is.
    const whole = read(damaged.split("\n")[0]!);
    if (scanned !== undefined) assert.deepEqual(counted(scanned), counted(whole), damaged);
  }
});

Deno.test("an index is counted as it is read, damaged lines included", () =>
  inDirectory((directory) => {
    const random = seededRandom(1);
    const texts = Array.from({ length: 3000 }, () => {
      const line = lineOf(random.oneIn(9) ? randomEntry(random) : usual(random)).slice(0, -1);
      return random.oneIn(9) ? line.slice(0, random.integer(0, line.length)) : line;
    });
    writeFileSync(join(directory, "index.ndjson"), texts.join("\n"));
    const since = "2005-01-01T00:00:00.000Z";
    const damaged = { read: 0, counted: 0 };
    const [read, taken]: [unknown[], unknown[]] = [[], []];
    for (const entry of readIndex(directory, since, () => damaged.read++)) read.push(entry);
    countIndex(directory, since, {
      take(entry, whole) {
        taken.push(whole());
        assert.deepEqual(counted(entry), counted(countedOf(whole())));
      },
      onDamaged: () => damaged.counted++,
    });
    assert.deepEqual(taken, read);
    assert.ok(read.length > 1000 && read.length < 3000, String(read.length));
    assert.ok(damaged.read > 100);
    assert.equal(damaged.counted, damaged.read);
  }));
