/** Writes files whole or not at all, and never over another one, whoever else writes to the directory. */
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

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
 * system does for one only of those who try (a rename would replace the file of another); where the file system has no
 * hard links, an empty file reserves the name and the rename replaces it.
 *
 * @throws if the directory does not take the file; nothing is left then
 */
export function writeExclusive(
  directory: string,
  candidate: (n: number) => string,
  content: Uint8Array,
): string {
  const temporary = writeTemporary(directory, content);
  try {
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

/** Writes a file under a name in the directory that nobody can foresee; gives its path. Leaves nothing if it throws. */
export function writeTemporary(directory: string, content: Uint8Array, mode?: number): string {
  for (;;) {
    const path = join(directory, `.profsrv-${randomBytes(6).toString("hex")}-${++counter}.tmp`);
    try {
      writeNew(path, content, mode);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
/** Fails where anything stands, be it a link to nowhere. */
const NEW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** Writes a file where nothing stands yet; leaves nothing if it throws, but for EEXIST. */
export function writeNew(path: string, content: Uint8Array, mode = 0o666): void {
  const descriptor = openSync(path, NEW, mode);
  try {
    writeAll(descriptor, content);
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all of it to an open file. */
export function writeAll(descriptor: number, content: Uint8Array): void {
  for (let written = 0; written < content.length;) written += writeSync(descriptor, content, written);
}

/** Removes a file, if it is still there. (`rmSync` takes three times as long.) */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** What tells a regular file from any other that may stand there later; undefined if there is none. */
export function identityAt(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? `${stat.dev} ${stat.ino} ${stat.size}` : undefined;
}

/** Removes a file, if it is still the same. */
export function removeSame(path: string, identity: string): void {
  if (identityAt(path) === identity) remove(path);
}

/** Gives the file its final name; false if that is taken. */
function takeName(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    // Systems say in many ways that they cannot link; where something else is amiss, what follows fails, too.
  }
  let reserved: Stats;
  try {
    reserved = reserve(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    if (!isSame(lstatSync(path), reserved)) return false; // Somebody else's by now.
    renameSync(temporary, path);
    return true;
  } catch (error) {
    if (isSame(lstatSync(path, { throwIfNoEntry: false }), reserved)) remove(path);
    throw error;
  }
}

/** Makes an empty file. */
function reserve(path: string): Stats {
  const descriptor = openSync(path, NEW, 0o666);
  try {
    return fstatSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isSame(now: Stats | undefined, reserved: Stats): boolean {
  return now?.isFile() === true && now.size === 0 && now.dev === reserved.dev && now.ino === reserved.ino;
}
