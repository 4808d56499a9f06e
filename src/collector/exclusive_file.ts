/** Writes files whole or not at all, and never over another one, whoever else writes to the directory. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** The system cannot link files (some network and FAT file systems). */
const CANNOT_LINK = new Set(["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP", "EMLINK"]);

/** Names remembered as taken; more are found out by trying. */
const MAX_REMEMBERED = 20_000;

let counter = 0;

/** By directory and first candidate: the number of the last candidate that was taken. */
const lastTaken = new Map<string, number>();

/**
 * Writes `content` under the first of `candidate(1)`, `candidate(2)`, … that is free; gives that name. Numbers that this
 * process has found taken are not tried again.
 *
 * The content goes to a temporary name in the same directory first. A hard link then takes the final name, which the
 * system does for one only of those who try (a rename would replace the file of another); where there are no hard
 * links, an empty file reserves the name and the rename replaces it.
 *
 * @throws if the directory does not take the file; nothing is left then
 */
export function writeExclusive(
  directory: string,
  candidate: (n: number) => string,
  content: Uint8Array,
): string {
  const temporary = join(directory, `.profsrv-${process.pid}-${++counter}.tmp`);
  try {
    writeNew(temporary, content);
    const first = join(directory, candidate(1));
    for (let n = (lastTaken.get(first) ?? 0) + 1;; n++) {
      const name = candidate(n);
      const isOurs = takeName(temporary, join(directory, name));
      if (lastTaken.size >= MAX_REMEMBERED) lastTaken.clear();
      lastTaken.set(first, n);
      if (isOurs) return name;
    }
  } finally {
    remove(temporary);
  }
}

/** `rmSync` takes three times as long. */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/**
 * Appends text to a file, all of it or nothing.
 *
 * @throws if the file does not take it
 */
export function appendWhole(path: string, text: string): void {
  const descriptor = openSync(path, "a");
  try {
    const before = fstatSync(descriptor).size;
    try {
      writeAll(descriptor, Buffer.from(text));
    } catch (error) {
      ftruncateSync(descriptor, before);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file anew: beside the old one and then in its place, or over the old one where a full disk has no room for
 * both.
 *
 * @throws if the disk does not take it
 */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeNew(temporary, Buffer.from(text));
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
    const descriptor = openSync(path, "r+");
    try {
      writeAll(descriptor, Buffer.from(text));
      ftruncateSync(descriptor, Buffer.byteLength(text));
    } finally {
      closeSync(descriptor);
    }
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, "wx", 0o666);
  try {
    writeAll(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

/** Gives the file its final name; false if that is taken. */
function takeName(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "EEXIST") return false;
    if (!CANNOT_LINK.has(code)) throw error;
  }
  try {
    closeSync(openSync(path, "wx"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  renameSync(temporary, path);
  return true;
}
