/** Appends messages to this thread's spool files, within bounds: the wrapper may be slow, stopped or gone. */
import { join } from "node:path";
import { encodeFrame } from "../protocol/framing.ts";
import { spoolFileName } from "../protocol/spool_file.ts";
import type { Bytes } from "../units.ts";
import { original } from "./originals.ts";

/** A file is closed at this size; the wrapper deletes it when it has read it. */
const FILE_SIZE: Bytes = 4 * 1024 * 1024;
/** Windows are dropped while this much lies unread, */
const WINDOW_LIMIT: Bytes = 32 * 1024 * 1024;
/** and everything beyond this. */
const LIMIT: Bytes = 48 * 1024 * 1024;
/** but for the last words: what was dropped can be told even then. */
const RESERVE: Bytes = 1024 * 1024;

interface SendOptions {
  readonly isLast?: boolean;
  /** What goes with the message as it is. */
  readonly attached?: Uint8Array;
}

/** One stream of messages. Its methods never throw. */
export class Spool {
  private readonly directory: string;
  private readonly stream: string;
  private number = 0;
  private descriptor = -1;
  private size: Bytes = 0;
  /** Written in all. */
  bytes: Bytes = 0;
  /** Closed files that may not be read yet. */
  private waiting: { path: string; size: Bytes }[] = [];
  /** The first frame of each file: so every one can be understood without those before it. */
  private introduction: Buffer | undefined;
  /** The directory is gone: the wrapper ended, nothing can be told any more. */
  isBroken = false;

  constructor(directory: string, stream: string) {
    this.directory = directory;
    this.stream = stream;
  }

  /** Whether a window may still be sent. Notices when the file was taken away: then nobody reads any more. */
  hasRoomForWindows(): boolean {
    if (this.descriptor >= 0 && !original.existsSync(this.path())) {
      this.isBroken = true;
      this.close();
    }
    return !this.isBroken && this.unread() < WINDOW_LIMIT;
  }

  /** Writes the message that begins every file, given as JSON text. */
  introduce(json: string): boolean {
    const isSent = this.send(json);
    this.introduction = encodeFrame(json);
    return isSent;
  }

  /** Writes one message, given as JSON text and what is attached; false if it was dropped. */
  send(json: string, options: SendOptions = {}): boolean {
    const limit = options.isLast ? LIMIT + RESERVE : LIMIT;
    if (this.isBroken || this.unread() > limit) return false;
    try {
      if (this.descriptor < 0) this.open();
      this.write(encodeFrame(json, options.attached));
      if (this.size >= FILE_SIZE) this.rotate();
      return true;
    } catch {
      // A frame that may be cut off must not be followed by another one.
      this.rotate();
      return false;
    }
  }

  private write(frame: Buffer): void {
    for (let written = 0; written < frame.length;) {
      written += original.writeSync(this.descriptor, frame, written);
    }
    this.size += frame.length;
    this.bytes += frame.length;
  }

  close(): void {
    if (this.descriptor < 0) return;
    try {
      original.closeSync(this.descriptor);
    } catch {
      // Nothing more can be done about it, and nothing more will be written.
    }
    this.descriptor = -1;
  }

  private path(): string {
    return join(this.directory, spoolFileName(this.stream, this.number));
  }

  private open(): void {
    try {
      this.descriptor = original.openSync(this.path(), "a", 0o600);
    } catch (error) {
      this.isBroken = !original.existsSync(this.directory);
      throw error;
    }
    if (this.introduction !== undefined) this.write(this.introduction);
  }

  private rotate(): void {
    if (this.descriptor < 0) return;
    this.close();
    this.waiting.push({ path: this.path(), size: this.size });
    this.number++;
    this.size = 0;
  }

  private unread(): Bytes {
    while (this.waiting.length > 0 && !original.existsSync(this.waiting[0]!.path)) this.waiting.shift();
    let sum = this.size;
    for (const file of this.waiting) sum += file.size;
    return sum;
  }
}
