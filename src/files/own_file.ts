/** A file that profsrv goes on writing in a directory of the user's: never over or through one that is not its own. */
import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Bytes } from "../units.ts";
import { remove, writeAll, writeTemporary } from "./exclusive_file.ts";
import { FileRefused } from "./refused.ts";
import { type OpenMode, openRegular, readAt } from "./regular.ts";

/** How a file is recognized as one of profsrv's. */
export interface OwnKind {
  readonly name: string;
  /** How much of its beginning is needed for that. */
  readonly head: Bytes;
  /** With which permissions it is made; those that the umask leaves if nothing is said. */
  readonly mode?: number;
  isOurs(head: string): boolean;
}

const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;

/** One such file. Every method throws `FileRefused`, or what the system says, and has changed nothing then. */
export class OwnFile {
  readonly #path: string;
  readonly #kind: OwnKind;
  /** The file that was last found to be ours. */
  #known = "";

  constructor(path: string, kind: OwnKind) {
    this.#path = path;
    this.#kind = kind;
  }

  /** Finds out whether nothing stands there but a file of ours. */
  check(): void {
    const descriptor = this.#open("r");
    if (descriptor !== undefined) closeSync(descriptor);
  }

  /** Removes the file, if one of ours stands there. */
  remove(): void {
    this.check();
    remove(this.#path);
  }

  /** Appends lines, all of them or none; the first begins a line, also where somebody was killed in the middle of one. */
  append(lines: string | Uint8Array): void {
    const bytes = typeof lines === "string" ? Buffer.from(lines) : lines;
    const descriptor = this.#open("a") ?? this.#create();
    try {
      const { size } = fstatSync(descriptor);
      const isCut = size > 0 && readAt(descriptor, size - 1, 1)[0] !== NEWLINE;
      try {
        writeAll(descriptor, isCut ? Buffer.concat([Buffer.of(NEWLINE), bytes]) : bytes);
      } catch (error) {
        ftruncateSync(descriptor, size);
        throw error;
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** Writes the file anew: beside the old one and then in its place, or over it where a full disk has no room for both. */
  replace(content: string | Uint8Array): void {
    this.check();
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    try {
      const { path: temporary } = writeTemporary(dirname(this.#path), bytes, this.#kind.mode);
      try {
        renameSync(temporary, this.#path);
      } catch (error) {
        remove(temporary);
        throw error;
      }
    } catch (error) {
      const descriptor = this.#open("r+");
      if (descriptor === undefined) throw error;
      try {
        writeAll(descriptor, bytes);
        ftruncateSync(descriptor, bytes.length);
      } finally {
        closeSync(descriptor);
      }
    }
  }

  #create(): number {
    const descriptor = openSync(
      this.#path,
      O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW,
      this.#kind.mode ?? 0o666,
    );
    this.#known = identityOf(descriptor);
    return descriptor;
  }

  /** Opens it where it is ours; undefined where nothing stands. */
  #open(mode: OpenMode): number | undefined {
    if (lstatSync(this.#path, { throwIfNoEntry: false }) === undefined) return undefined;
    let descriptor: number;
    try {
      descriptor = openRegular(this.#path, mode);
    } catch (error) {
      throw error instanceof FileRefused ? this.#refused(error.reason.replace(/^it /, "")) : error;
    }
    try {
      this.#assertOurs(descriptor);
      return descriptor;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  #assertOurs(descriptor: number): void {
    // What is written to it would be written to a file elsewhere.
    if (fstatSync(descriptor).nlink > 1) throw this.#refused("has a second name (a hard link)");
    const identity = identityOf(descriptor);
    if (identity === this.#known) return;
    const head = readAt(descriptor, 0, this.#kind.head).toString();
    if (head !== "" && !this.#kind.isOurs(head)) throw this.#refused("is not one of profsrv's");
    this.#known = identity;
  }

  #refused(what: string): FileRefused {
    return new FileRefused(this.#path, `the ${basename(this.#path)} there ${what}`);
  }
}

const NEWLINE = 10;

function identityOf(descriptor: number): string {
  const { dev, ino } = fstatSync(descriptor);
  return `${dev} ${ino}`;
}
