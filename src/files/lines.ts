/** Reads a file line by line in bounded memory, however long it or a line of it may be. */
import { closeSync, readSync } from "node:fs";
import type { Bytes } from "../units.ts";
import { openRegular } from "./regular.ts";

/** What is read at once: as text it is still small enough for V8 to throw away at once. */
const CHUNK: Bytes = 64 * 1024;
const NEWLINE = 10;

/**
 * The lines of a regular file, without their ends; null for one that is longer than `longest`.
 *
 * @throws `FileRefused`, or what the system says
 */
export function* readLines(path: string, longest: Bytes): Generator<string | null> {
  const descriptor = openRegular(path);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    /** The beginning of a line whose end has not been read; empty if it is too long already. */
    let begun: Buffer[] = [];
    let length: Bytes = 0;
    for (;;) {
      const count = readSync(descriptor, chunk, 0, CHUNK, null);
      if (count === 0) break;
      const bytes = chunk.subarray(0, count);
      const first = bytes.indexOf(NEWLINE);
      const last = first < 0 ? -1 : bytes.lastIndexOf(NEWLINE);
      if (first >= 0) {
        length += first;
        yield length > longest ? null : Buffer.concat([...begun, bytes.subarray(0, first)]).toString();
        [begun, length] = [[], 0];
      }
      // All at once: this is several times as fast as one by one.
      if (last > first) {
        for (const line of bytes.toString("utf8", first + 1, last).split("\n")) {
          yield 3 * line.length > longest && Buffer.byteLength(line) > longest ? null : line;
        }
      }
      length += count - last - 1;
      if (length > longest) begun = [];
      // The chunk is written over.
      else if (count > last + 1) begun.push(Buffer.from(bytes.subarray(last + 1)));
    }
    if (length > 0) yield length > longest ? null : Buffer.concat(begun).toString();
  } finally {
    closeSync(descriptor);
  }
}
