/** Reads a file line by line in bounded memory, however long it or a line of it may be. */
import { closeSync, fstatSync, readSync } from "node:fs";
import type { Bytes } from "../units.ts";
import { openRegular } from "./regular.ts";

/** What is read at once: as text it is still small enough for V8 to throw away at once. */
const CHUNK: Bytes = 64 * 1024;
const NEWLINE = 10;

/** Takes a line without its end, null for one that is too long, and where it begins in the file. */
export type TakeLine = (line: string | null, offset: Bytes) => void;

/** Takes lines as they stand in the file, the last one without its end, null for one that is too long, and where they begin in the file. They are written over later. */
export type TakeLines = (lines: Buffer | null, offset: Bytes) => void;

/** A regular file that may grow while its lines are read. */
export class LineReader {
  readonly descriptor: number;
  readonly #longest: Bytes;
  readonly #chunk = Buffer.allocUnsafe(CHUNK);
  /** The beginning of a line whose end has not been read; empty if it is too long already. */
  #begun: Buffer[] = [];
  #length: Bytes = 0;
  /** How much has been read. */
  offset: Bytes = 0;

  /**
   * Lines longer than `longest` are not kept.
   *
   * @throws `FileRefused`, or what the system says
   */
  constructor(path: string, longest: Bytes) {
    this.descriptor = openRegular(path);
    this.#longest = longest;
  }

  /** How large the file is now. */
  get size(): Bytes {
    return fstatSync(this.descriptor).size;
  }

  /** Reads the next part of the file and gives the lines that end in it; false if there is nothing more for now. */
  read(take: TakeLine): boolean {
    return this.readBytes((lines, offset) => {
      if (lines === null) take(null, offset);
      else this.#takeAll(lines, offset, take);
    });
  }

  /** The same, for who needs no text of most lines. */
  readBytes(take: TakeLines): boolean {
    const count = readSync(this.descriptor, this.#chunk, 0, CHUNK, this.offset);
    if (count === 0) return false;
    const bytes = this.#chunk.subarray(0, count);
    const first = bytes.indexOf(NEWLINE);
    const last = first < 0 ? -1 : bytes.lastIndexOf(NEWLINE);
    if (first >= 0) {
      const begunAt = this.offset - this.#length;
      this.#length += first;
      const isLong = this.#length > this.#longest;
      take(isLong ? null : Buffer.concat([...this.#begun, bytes.subarray(0, first)]), begunAt);
      [this.#begun, this.#length] = [[], 0];
    }
    // All at once: this is several times as fast as one by one.
    if (last > first) take(bytes.subarray(first + 1, last), this.offset + first + 1);
    this.#length += count - last - 1;
    if (this.#length > this.#longest) this.#begun = [];
    // The chunk is written over.
    else if (count > last + 1) this.#begun.push(Buffer.from(bytes.subarray(last + 1)));
    this.offset += count;
    return true;
  }

  /** The line at the end of the file that has no end; undefined if there is none. */
  unended(): Buffer | null | undefined {
    if (this.#length === 0) return undefined;
    return this.#length > this.#longest ? null : Buffer.concat(this.#begun);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  #takeAll(bytes: Buffer, offset: Bytes, take: TakeLine): void {
    const text = bytes.toString();
    const isAscii = text.length === bytes.length;
    for (const line of text.split("\n")) {
      const length = isAscii ? line.length : Buffer.byteLength(line);
      take(length > this.#longest ? null : line, offset);
      offset += length + 1;
    }
  }
}

/** All lines that are left, without their ends, null for one that is too long; closes the file. */
export function* linesOf(reader: LineReader): Generator<string | null> {
  try {
    let lines: (string | null)[] = [];
    while (reader.read((line) => lines.push(line))) {
      yield* lines;
      lines = [];
    }
    const last = reader.unended();
    if (last !== undefined) yield last === null ? null : last.toString();
  } finally {
    reader.close();
  }
}
