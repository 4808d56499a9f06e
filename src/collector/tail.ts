/** Reads what the agents append to the spool, and deletes what it has read. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decodeFrames, frameLength } from "../protocol/framing.ts";
import type { AgentMessage } from "../protocol/messages.ts";
import { parseSpoolFileName, type SpoolFile, spoolFileName } from "../protocol/spool_file.ts";
import { reasonOf } from "../system_error.ts";
import type { Bytes, EpochMilliseconds } from "../units.ts";

/** So much is read at once, and more only for a single message that is larger. */
const CHUNK: Bytes = 1024 * 1024;
/** After so much of one stream the others have their turn. */
const TURN: Bytes = 4 * CHUNK;

/** Other users may put files into the spool of root: no link is followed, and nothing that is no file is waited for. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What one stream told. */
export interface Batch {
  readonly messages: readonly AgentMessage[];
  /** Frames and files that could not be read, */
  readonly unreadable: number;
  /** and why, in one sentence, where the system said so. */
  readonly problem?: string;
}

/** The files of a spool by stream, with the numbers of each in their order; `onOther` gets the names of all else. */
export function listSpool(
  directory: string,
  onOther: (name: string) => void = () => {},
): Map<string, { readonly file: SpoolFile; readonly numbers: number[] }> {
  const streams = new Map<string, { readonly file: SpoolFile; readonly numbers: number[] }>();
  for (const name of readdirSync(directory)) {
    const file = parseSpoolFileName(name);
    if (file === null) {
      onOther(name);
      continue;
    }
    const known = streams.get(file.stream);
    if (known === undefined) streams.set(file.stream, { file, numbers: [file.number] });
    else known.numbers.push(file.number);
  }
  for (const { numbers } of streams.values()) numbers.sort((a, b) => a - b);
  return streams;
}

/** Where we are in the files of one stream. */
export class Tail {
  /** Whether the last `read` left nothing. */
  isAtEnd = false;
  readonly #directory: string;
  readonly #stream: string;
  /** Those that exist, as far as we know. */
  #numbers: readonly number[];
  #number: number;
  /** What is before it has been taken in; infinite in a file of which nothing more is to be had. */
  #offset: Bytes = 0;
  /** The next frame is this long, as far as we know. */
  #needed: Bytes = 1;
  /** How large the file was when it could not be read. */
  #refusedAt: Bytes | undefined;

  /** `numbers`: the files that there are, at least one. */
  constructor(directory: string, stream: string, numbers: readonly number[]) {
    this.#directory = directory;
    this.#stream = stream;
    this.#numbers = numbers;
    this.#number = numbers[0]!;
  }

  /** The files that there are now. Those that are read, but could not be removed, are removed now. */
  listed(numbers: readonly number[]): void {
    this.#numbers = numbers;
    for (const number of numbers) {
      if (number >= this.#number) return;
      this.#remove(number);
    }
  }

  /** When something was last written into the file that is being read; undefined if it is gone. */
  writtenOn(): EpochMilliseconds | undefined {
    return lstatSync(this.#path(), { throwIfNoEntry: false })?.mtimeMs;
  }

  /** What is complete by now, in order, up to a limit; `isOver` says that nobody writes any more. Never throws. */
  *read(isOver = false): Generator<Batch> {
    let left = TURN;
    this.isAtEnd = false;
    while (left > 0) {
      const path = this.#path();
      const stat = attempt(() => lstatSync(path, { throwIfNoEntry: false }));
      const size = stat?.size ?? 0;
      if (stat !== undefined && !stat.isFile() && this.#offset < Infinity) {
        yield this.#refuse(`Cannot read "${path}": it is no file`);
        this.#offset = Infinity;
      }
      if (size - this.#offset >= this.#needed && size !== this.#refusedAt) {
        const batch = this.#readAt(path, size);
        left -= batch.bytes;
        if (batch.messages.length + batch.unreadable > 0) yield batch;
        if (this.#refusedAt === undefined) continue;
      }
      const next = this.#numbers.find((it) => it > this.#number);
      if (next === undefined && !(isOver && this.#hasSuccessor())) {
        this.isAtEnd = true;
        return;
      }
      // Its successor exists, so nothing will be added to this one; what is left is a frame that was never finished.
      const isCut = stat !== undefined && this.#refusedAt === undefined && this.#offset < size;
      const missing = (next ?? this.#number + 1) - this.#number - (stat === undefined ? 0 : 1);
      if (missing > 0 || isCut) yield { messages: [], unreadable: missing + (isCut ? 1 : 0) };
      this.#remove(this.#number);
      this.#goTo(next ?? this.#number + 1);
    }
  }

  /** Removes the files that are left. */
  remove(): void {
    for (const number of this.#numbers) this.#remove(number);
    this.#remove(this.#number);
  }

  #readAt(path: string, size: Bytes): Batch & { readonly bytes: Bytes } {
    try {
      const bytes = readFrom(
        path,
        this.#offset,
        Math.min(size - this.#offset, Math.max(CHUNK, this.#needed)),
      );
      const { messages, consumed, unreadable, isDamaged } = decodeFrames(bytes);
      this.#offset += consumed;
      if (isDamaged) this.#offset = Infinity;
      this.#needed = Math.max(1, frameLength(bytes.subarray(consumed)));
      this.#refusedAt = undefined;
      return { messages, unreadable, bytes: bytes.length };
    } catch (error) {
      this.#refusedAt = size;
      return { ...this.#refuse(`Cannot read "${path}": ${reasonOf(error)}`), bytes: 0 };
    }
  }

  #refuse(problem: string): Batch {
    return { messages: [], unreadable: 1, problem };
  }

  /** Whether a file was begun since we looked what there is. */
  #hasSuccessor(): boolean {
    const path = join(this.#directory, spoolFileName(this.#stream, this.#number + 1));
    return attempt(() => lstatSync(path, { throwIfNoEntry: false })) !== undefined;
  }

  #goTo(number: number): void {
    this.#number = number;
    this.#offset = 0;
    this.#needed = 1;
    this.#refusedAt = undefined;
  }

  #path(): string {
    return join(this.#directory, spoolFileName(this.#stream, this.#number));
  }

  /** A file that cannot be removed now, as on Windows where another process has it open, is found again when the spool is listed. */
  #remove(number: number): void {
    attempt(() => rmSync(join(this.#directory, spoolFileName(this.#stream, number)), { force: true }));
  }
}

function readFrom(path: string, offset: Bytes, length: Bytes): Buffer {
  const descriptor = openSync(path, READ);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error("it is no file");
    const bytes = Buffer.allocUnsafe(length);
    const count = readSync(descriptor, bytes, 0, length, offset);
    if (count === 0) throw new Error("it was cut off");
    return bytes.subarray(0, count);
  } finally {
    closeSync(descriptor);
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
