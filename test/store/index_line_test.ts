import assert from "node:assert/strict";
import type { IndexEntry } from "../../src/store/entry.ts";
import { IndexLines, Instants } from "../../src/store/index_line.ts";
import { LineBytes } from "../../src/store/line_bytes.ts";
import { type Random, seededRandom, testRandomly } from "../support/random.ts";

const TEXTS = [
  "",
  "/",
  "/users/42?x=1",
  'a"b',
  "a\\b",
  "\n\t\u0000\u001f",
  "ä€🐌",
  "\ud800x",
  "\u2028",
  "x".repeat(600),
];
const TIMES = [
  0,
  -0,
  0.001,
  0.1,
  0.3,
  1.005,
  12.345,
  999.999,
  1e6 + 0.123,
  123456789.001,
  1e12,
  1e12 + 0.5,
  2 ** 60,
  1e21,
];
const ODD = [NaN, Infinity, -1, -0.5, 0.0001, 1 / 3, 1e-7, 5e-324];

function entryOf({ pick, oneIn, integer }: Random): IndexEntry {
  const time = () => oneIn(20) ? pick(ODD) : oneIn(2) ? pick(TIMES) : integer(0, 10_000_000) / 1000;
  const often = (usual: string) => oneIn(4) ? pick(TEXTS) : usual;
  return {
    v: 1,
    ...(oneIn(5) ? {} : { run: often("r1") }),
    id: often("3ad6cc28-1"),
    pid: integer(1, 2),
    tid: integer(0, 1),
    runtime: "node 24.1.0",
    method: often("GET"),
    url: pick(TEXTS),
    path: often("/users/42"),
    route: often("/users/:id"),
    pattern: oneIn(3) ? true : undefined,
    http: pick(["1.1", "2"]),
    status: pick([200, 404]),
    bytes: pick([0, 512, 2 ** 41 + 1, 1.5]),
    start: "2026-01-02T03:04:05.678Z",
    duration: time(),
    ...(oneIn(5) ? {} : { queued: time() }),
    queuedBy: oneIn(3) ? often("3ad6cc28-9") : undefined,
    cpu: time(),
    blocked: time(),
    wait: time(),
    gc: oneIn(2) ? 0 : time(),
    samples: integer(0, 1),
    outcome: oneIn(3) ? "aborted" : "finished",
    ...(oneIn(5)
      ? {}
      : { hot: oneIn(2) ? null : { function: pick(TEXTS), file: "/a.ts", line: 3, self: time() } }),
    ...(oneIn(5) ? {} : { blockers: oneIn(2) ? [] : [{ id: pick(TEXTS), ms: time() }] }),
    calls: oneIn(2)
      ? undefined
      : oneIn(2)
      ? []
      : [{ function: pick(TEXTS), file: "/a.ts", line: 3, count: 7 }],
    ...(oneIn(5) ? {} : { trace: oneIn(2) ? null : pick(TEXTS) }),
    files: oneIn(2) ? [] : [pick(TEXTS), "b.cpuprofile"],
  };
}

function textOf({ bytes }: IndexLines): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function dropSome(lines: IndexLines, { integer }: Random): number {
  const count = integer(0, lines.count + 1);
  lines.drop(count);
  return count;
}

testRandomly("a line is what JSON.stringify gives, whatever lines were written before", 300, (random) => {
  const lines = new IndexLines();
  const expected: string[] = [];
  for (let i = 0; i < 50; i++) {
    const entry = entryOf(random);
    lines.add(entry);
    expected.push(JSON.stringify(entry) + "\n");
    if (random.oneIn(7)) expected.splice(0, dropSome(lines, random));
    assert.equal(lines.count, expected.length);
    assert.equal(textOf(lines), expected.join(""));
  }
});

testRandomly("times and numbers are written as JSON has them", 100, ({ integer, pick, oneIn }) => {
  const out = new LineBytes();
  const around = 10 ** integer(0, 16) + integer(-2, 2);
  const value = oneIn(2) ? around : around / pick([10, 100, 1000, 3]);
  for (const it of [value, -value, Math.round(value), pick(TIMES), pick(ODD)]) {
    out.clear();
    out.number(it);
    out.plain(" ");
    out.thousandths(it);
    assert.equal(new TextDecoder().decode(out.bytes), `${JSON.stringify(it)} ${JSON.stringify(it)}`);
  }
});

Deno.test("what cannot be written as a line leaves nothing of it", () => {
  const lines = new IndexLines();
  const entry = entryOf(seededRandom(1));
  lines.add(entry);
  const before = textOf(lines);
  assert.throws(() => lines.add({ ...entry, trace: 1n as never }), TypeError);
  assert.deepEqual([textOf(lines), lines.count], [before, 1]);
});

testRandomly(
  "an instant is what a date gives, whatever instants were written before",
  100,
  ({ integer, pick }) => {
    const instants = new Instants();
    for (let i = 0; i < 20; i++) {
      const at = pick([0, -1, -999, 1_764_323_999_999, -62_198_755_200_000, 253_402_300_800_000]) +
        integer(-2000, 2000);
      assert.equal(instants.text(at), new Date(at).toISOString());
    }
  },
);

Deno.test("what is no instant is refused, as a date refuses it", () => {
  for (const at of [NaN, Infinity, 9e15]) assert.throws(() => new Instants().text(at), RangeError);
});
