import assert from "node:assert/strict";
import { IndexLines, Instants } from "../../src/store/index_line.ts";
import { LineBytes } from "../../src/store/line_bytes.ts";
import { type Random, seededRandom, testRandomly } from "../support/random.ts";
import { ODD, randomEntry, TIMES } from "./random_entry.ts";

function textOf({ bytes }: IndexLines): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function dropSome(lines: IndexLines, { integer }: Random): number {
  const count = integer(0, lines.count + 1);
  lines.forget(count);
  return count;
}

testRandomly("a line is what JSON.stringify gives, whatever lines were written before", 300, (random) => {
  const lines = new IndexLines();
  const expected: string[] = [];
  for (let i = 0; i < 50; i++) {
    const entry = randomEntry(random);
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
  const entry = randomEntry(seededRandom(1));
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
