/** Reads a file line by line in bounded memory, however long it or a line of it may be. */
import { closeSync, readSync } from "node:fs";
import type { Bytes } from "../units.ts";
import { openRegular } from "./regular.ts";

const CHUNK: Bytes = 256 * 1024;
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
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0 && end < count; end = chunk.indexOf(NEWLINE, from)) {
        length += end - from;
        if (length > longest) yield null;
        else if (begun.length === 0) yield chunk.toString("utf8", from, end);
        else yield Buffer.concat([...begun, chunk.subarray(from, end)]).toString();
        [begun, length, from] = [[], 0, end + 1];
      }
      length += count - from;
      if (length > longest) begun = [];
      // The chunk is written over.
      else if (count > from) begun.push(Buffer.from(chunk.subarray(from, count)));
      if (count === 0) break;
    }
    if (length > 0) yield length > longest ? null : Buffer.concat(begun).toString();
  } finally {
    closeSync(descriptor);
  }
}
