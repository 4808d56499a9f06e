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
  /** The run has ended: nobody reads any more. */
  isBroken = false;

  constructor(directory: string, stream: string) {
    this.directory = directory;
    this.stream = stream;
  }

  /** Whether a window may still be sent. Notices when the run has ended. */
  hasRoomForWindows(): boolean {
    if (this.isRemoved()) {
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
    if (this.descriptor < 0 && !this.open()) return false;
    if (!this.write(encodeFrame(json, options.attached))) return false;
    if (this.size >= FILE_SIZE) this.rotate();
    return true;
  }

  close(): void {
    if (this.descriptor >= 0) closeQuietly(this.descriptor);
    this.descriptor = -1;
  }

  /** Opens the first file; without its directory the run has ended. */
  private open(): boolean {
    const descriptor = this.openFile(this.number);
    if (descriptor === undefined) {
      this.isBroken = !original.existsSync(this.directory);
      return false;
    }
    this.descriptor = descriptor;
    return this.introduction === undefined || this.write(this.introduction);
  }

  /** Goes on in the next file. Where that cannot be opened, as after a change of user, the open one is written on. */
  private rotate(): void {
    const next = this.openFile(this.number + 1);
    if (next === undefined) return;
    this.leaveFile();
    this.descriptor = next;
    if (this.introduction !== undefined) this.write(this.introduction);
  }

  private leaveFile(): void {
    this.close();
    this.waiting.push({ path: this.path(this.number), size: this.size });
    this.number++;
    this.size = 0;
  }

  /** Writes a whole frame, or false. */
  private write(frame: Buffer): boolean {
    let written = 0;
    try {
      while (written < frame.length) written += original.writeSync(this.descriptor, frame, written);
    } catch {
      // A frame that was cut off must not be followed by another one.
      if (written > 0) this.leaveFile();
      return false;
    }
    this.size += frame.length;
    this.bytes += frame.length;
    return true;
  }

  /** What the directory looks like from inside proves nothing: the process may have another user or root directory by now. */
  private isRemoved(): boolean {
    if (this.descriptor < 0) return false;
    try {
      return original.fstatSync(this.descriptor).nlink === 0;
    } catch {
      return false;
    }
  }

  private path(number: number): string {
    return join(this.directory, spoolFileName(this.stream, number));
  }

  private openFile(number: number): number | undefined {
    try {
      return original.openSync(this.path(number), "ax", 0o600);
    } catch {
      return undefined;
    }
  }

  private unread(): Bytes {
    while (this.waiting.length > 0 && !original.existsSync(this.waiting[0]!.path)) this.waiting.shift();
    let sum = this.size;
    for (const file of this.waiting) sum += file.size;
    return sum;
  }
}

function closeQuietly(descriptor: number): void {
  try {
    original.closeSync(descriptor);
  } catch {
    // Nothing more can be done about it, and nothing more will be written.
  }
}
