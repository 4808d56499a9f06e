import assert from "node:assert/strict";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { FormatError, formatOf } from "../../src/formats/mod.ts";

const MIB = 2 ** 20;

/** A message of protobuf, `count` times. */
function repeated(bytes: readonly number[], count: number): Uint8Array {
  return Buffer.alloc(bytes.length * count, Uint8Array.from(bytes));
}

/** The beginning of a message of such a length: four bytes of seven bits. */
function head(tag: number, length: number): Uint8Array {
  const bits = (at: number) => (length >> 7 * at) & 0x7f;
  return Uint8Array.of(tag, bits(0) | 0x80, bits(1) | 0x80, bits(2) | 0x80, bits(3));
}

function jsonOf(head: string, item: string, count: number, tail: string): Uint8Array {
  return Buffer.concat([Buffer.from(head), Buffer.alloc(item.length * count, item), Buffer.from(tail)]);
}

/** Stacks that each are one frame longer than the one before. */
function chain(count: number): Uint8Array {
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    callFrame: { functionName: "f", scriptId: "0", url: "", lineNumber: 0, columnNumber: 0 },
    children: i + 1 < count ? [i + 2] : [],
  }));
  const samples = nodes.map(({ id }) => id);
  const file = { nodes, samples, timeDeltas: samples.map(() => 1), startTime: 0, endTime: count };
  return Buffer.from(JSON.stringify(file));
}

/** What is small, or looks so, and would take all memory or hours; made only when its test runs. */
const bombs: readonly (readonly [what: string, id: string, make: () => Uint8Array, message: RegExp])[] = [
  [
    "zeros, packed a thousandfold",
    "pprof",
    () => gzipSync(Buffer.alloc(400 * MIB)),
    /^it unpacks to 419430400 bytes, expected at most 134217728 \(128 MiB\)$/,
  ],
  [
    "empty samples",
    "pprof",
    () => gzipSync(repeated([0x12, 0], 6e6)),
    /^it has 6000000 messages and texts, expected/,
  ],
  [
    "empty texts",
    "pprof",
    () => gzipSync(repeated([0x32, 0], 6e6)),
    /^it has 6000000 messages and texts, expected/,
  ],
  [
    "numbers in one sample",
    "pprof",
    () => gzipSync(Buffer.concat([head(0x12, 41e6 + 5), head(0x0a, 41e6), Buffer.alloc(41e6)])),
    /^it has 41000000 numbers, expected at most 40 million/,
  ],
  [
    "a number without end",
    "pprof",
    () => gzipSync(Buffer.alloc(MIB, 0x80)),
    /^what it holds cannot be decoded/,
  ],
  [
    "nested lists",
    "cpuprofile",
    () => jsonOf('{"nodes":', "[", 6e6, ""),
    /^it has 6000001 objects and lists, expected/,
  ],
  [
    "empty lists",
    "speedscope",
    () => jsonOf('{"x":[', "[],", 6e6, "[]]}"),
    /^it has 6000003 objects and lists/,
  ],
  [
    "numbers",
    "cpuprofile",
    () => jsonOf('{"x":[', "1,", 41e6, "1]}"),
    /^it has 41000000 items, expected at most 40 million$/,
  ],
  [
    "too long a text",
    "speedscope",
    () => Buffer.alloc(129 * MIB, " "),
    /^it has 135266304 bytes, expected at most 134217728/,
  ],
  [
    "too long a text",
    "folded",
    () => Buffer.alloc(129 * MIB, " "),
    /^it has 135266304 bytes, expected at most 134217728/,
  ],
  [
    "many labels",
    "folded",
    () => Buffer.alloc(12e6, "a;"),
    /^it has 6000000 labels, expected at most 5 million$/,
  ],
  [
    "ever longer stacks",
    "cpuprofile",
    () => chain(20_000),
    /^it has 200010000 frames in its stacks, expected/,
  ],
];
for (const [what, id, make, message] of bombs) {
  Deno.test(`a ${id} of ${what} is refused in one sentence before it fills the memory`, () => {
    const content = make();
    const before = process.memoryUsage().rss;
    try {
      formatOf(id)!.read!(content, "x");
      assert.fail("it was read");
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error));
      assert.match(error.message, message);
    }
    const grown = (process.memoryUsage().rss - before) / MIB;
    assert.ok(grown < 350, `${grown} MiB more`);
  });
}
