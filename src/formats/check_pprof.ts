/**
 * Walks over the bytes of a pprof profile before it is decoded: every message and number of it takes two bytes here and up
 * to some hundred in memory, and a number without end would take hours. Pure. https://protobuf.dev/programming-guides/encoding/
 */
import { FormatError } from "./format.ts";
import { assertCount, MOST_ITEMS } from "./read_text.ts";

/** What the fields of a message hold that are longer than a number: messages, or numbers one after another. */
interface Shape {
  readonly [field: number]: Shape | "numbers" | undefined;
}

/** https://github.com/google/pprof/blob/main/proto/profile.proto */
const PROFILE: Shape = {
  1: {},
  2: { 1: "numbers", 2: "numbers", 3: {} },
  3: {},
  4: { 4: {} },
  5: {},
  11: {},
  13: "numbers",
};

/** A number has 64 bits, 7 in each byte. */
const LONGEST_NUMBER = 10;
/** Each takes some two hundred bytes when it is decoded, and packs well. */
const MOST_MESSAGES = 1_000_000;
const DAMAGED = "what it holds cannot be decoded";

/**
 * Holds a profile to a number of messages and numbers.
 *
 * @throws `FormatError`
 */
export function assertPprof(bytes: Uint8Array): void {
  const counts = { parts: 0, items: 0 };
  let offset = 0;

  function number(end: number): number {
    let value = 0;
    for (let i = 0; i < LONGEST_NUMBER && offset < end; i++) {
      const byte = bytes[offset++]!;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new FormatError(DAMAGED);
  }

  function numbers(end: number): void {
    for (; offset < end; counts.items++) number(end);
  }

  function message(shape: Shape, end: number): void {
    while (offset < end) {
      const tag = bytes[offset++]!;
      if ((tag & 7) === 0) {
        counts.items++;
        number(end);
        continue;
      }
      if ((tag & 7) !== 2) throw new FormatError(DAMAGED);
      counts.parts++;
      const length = number(end);
      const inner = offset + length;
      if (inner > end) throw new FormatError(DAMAGED);
      const within = shape[tag >> 3];
      if (within === "numbers") numbers(inner);
      else if (within !== undefined) message(within, inner);
      offset = inner;
    }
  }

  message(PROFILE, bytes.length);
  assertCount(counts.parts, MOST_MESSAGES, "messages and texts");
  assertCount(counts.items, MOST_ITEMS, "numbers");
}
