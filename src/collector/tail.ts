/** Reads what the agents append to the spool, and deletes what it has read. */
import { closeSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decodeFrames } from "../protocol/framing.ts";
import type { AgentMessage } from "../protocol/messages.ts";
import { parseSpoolFileName, type SpoolFile, spoolFileName } from "../protocol/spool_file.ts";
import type { Bytes } from "../units.ts";

/** At most this much of one file is held at a time, and more only for a single message that is larger. */
const CHUNK: Bytes = 1024 * 1024;

/** What one stream told since the last poll. */
export interface Batch {
  readonly stream: SpoolFile;
  readonly messages: readonly AgentMessage[];
  /** Frames that could not be read. */
  readonly unreadable: number;
}

interface Position {
  number: number;
  offset: Bytes;
  /** The beginning of a frame whose end is not written yet. */
  rest: Buffer;
}

/** The reading end of a spool directory. */
export class Tail {
  readonly #directory: string;
  readonly #positions = new Map<string, Position>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whatever is complete by now, stream by stream, in order within each; nothing when there is nothing new. */
  *poll(): Generator<Batch> {
    for (const [stream, numbers] of this.#list()) {
      let position = this.#positions.get(stream.stream);
      if (position === undefined) {
        position = { number: numbers[0]!, offset: 0, rest: Buffer.alloc(0) };
        this.#positions.set(stream.stream, position);
      }
      yield* this.#read(stream, position, numbers.at(-1)!);
    }
  }

  #list(): Map<SpoolFile, number[]> {
    const streams = new Map<string, { file: SpoolFile; numbers: number[] }>();
    for (const name of readdirSync(this.#directory)) {
      const file = parseSpoolFileName(name);
      if (file === null) continue;
      const known = streams.get(file.stream);
      if (known === undefined) streams.set(file.stream, { file, numbers: [file.number] });
      else known.numbers.push(file.number);
    }
    return new Map([...streams.values()].map(({ file, numbers }) => [file, numbers.sort((a, b) => a - b)]));
  }

  *#read(stream: SpoolFile, position: Position, last: number): Generator<Batch> {
    while (position.number <= last) {
      const path = join(this.#directory, spoolFileName(stream.stream, position.number));
      const descriptor = openSync(path, "r");
      try {
        for (;;) {
          const chunk = Buffer.allocUnsafe(CHUNK);
          const count = readSync(descriptor, chunk, 0, CHUNK, position.offset);
          if (count === 0) break;
          position.offset += count;
          const bytes = Buffer.concat([position.rest, chunk.subarray(0, count)]);
          const { messages, consumed, unreadable } = decodeFrames(bytes);
          position.rest = bytes.subarray(consumed);
          if (messages.length + unreadable > 0) yield { stream, messages, unreadable };
        }
      } finally {
        closeSync(descriptor);
      }
      if (position.number === last) return;
      // Its successor exists, so nothing will be added to this one; what is left is a frame that was never finished.
      if (position.rest.length > 0) yield { stream, messages: [], unreadable: 1 };
      rmSync(path, { force: true });
      position.number++;
      position.offset = 0;
      position.rest = Buffer.alloc(0);
    }
  }
}
