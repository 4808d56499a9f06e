/** Writes files whole or not at all, and never over another one, whoever else writes to the directory. */
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

/** Names remembered as taken; more are found out by trying. */
const MAX_REMEMBERED = 20_000;

/** By directory and first candidate: the number of the last candidate that was taken. */
const lastTaken = new Map<string, number>();

/** Names that are promised to files which are written later. In small letters, for systems to which these are the same. */
const promised = new Set<string>();

/** A file that was written. */
export interface WrittenFile {
  readonly name: string;
  /** See `identityAt`. */
  readonly identity: string;
}

/**
 * Writes `content` under the first of `candidate(1)`, `candidate(2)`, … that is free. Numbers that this process has found
 * taken are not tried again.
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
): WrittenFile {
  const temporary = writeTemporary(directory, content);
  try {
    let identity: string | undefined;
    const name = firstFree(directory, candidate, (path) => {
      identity = takeName(temporary, path);
      return identity !== undefined;
    });
    return { name, identity: identity! };
  } finally {
    remove(temporary.path);
  }
}

/** Directories whose names are remembered, as they were when one in them was first promised. */
const MAX_LISTED = 100;
const listed = new Map<string, ReadonlySet<string>>();

/** Promises the first free name to a file that `writePromised` writes or `breakPromise` gives up. */
export function promiseName(directory: string, candidate: (n: number) => string): string {
  let names = listed.get(directory);
  if (names === undefined) {
    names = new Set(readdirSync(directory).map((it) => it.toLowerCase()));
    if (listed.size >= MAX_LISTED) listed.clear();
    listed.set(directory, names);
  }
  const isFree = (path: string, name: string) => {
    // A look at each path would take as long as writing a short file.
    if (names.has(name.toLowerCase())) return false;
    promised.add(path.toLowerCase());
    return true;
  };
  return firstFree(directory, candidate, isFree);
}

/**
 * Writes a file under the name that it was promised, and gives its identity.
 *
 * @throws if the directory does not take it, or somebody else has taken the name meanwhile; nothing is left then
 */
export function writePromised(directory: string, name: string, content: Uint8Array): string {
  const path = join(directory, name);
  promised.delete(path.toLowerCase());
  const temporary = writeTemporary(directory, content);
  try {
    const identity = takeName(temporary, path);
    if (identity === undefined) throw new Error(`"${name}" was taken by somebody else`);
    return identity;
  } finally {
    remove(temporary.path);
  }
}

/** The file will not be written. */
export function breakPromise(path: string): void {
  promised.delete(path.toLowerCase());
}

function firstFree(
  directory: string,
  candidate: (n: number) => string,
  take: (path: string, name: string) => boolean,
): string {
  const first = join(directory, candidate(1));
  for (let n = (lastTaken.get(first) ?? 0) + 1;; n++) {
    const name = candidate(n);
    const path = join(directory, name);
    const isTaken = !promised.has(path.toLowerCase()) && take(path, name);
    if (lastTaken.size >= MAX_REMEMBERED) {
      lastTaken.clear();
      // What has been written since is to be found out anew, too.
      listed.clear();
    }
    lastTaken.set(first, n);
    if (isTaken) return name;
  }
}

/** A file under a name that nobody can foresee. */
interface TemporaryFile {
  readonly path: string;
  readonly identity: string;
}

/** Writes a file under a name in the directory that nobody can foresee. Leaves nothing if it throws. */
export function writeTemporary(directory: string, content: Uint8Array, mode?: number): TemporaryFile {
  for (;;) {
    const path = join(directory, `.profsrv-${randomUUID()}.tmp`);
    try {
      return { path, identity: writeNew(path, content, mode) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
/** Fails where anything stands, be it a link to nowhere. */
const NEW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** Writes a file where nothing stands yet; gives its identity. Leaves nothing if it throws, but for EEXIST. */
export function writeNew(path: string, content: Uint8Array, mode = 0o666): string {
  const descriptor = openSync(path, NEW, mode);
  try {
    writeAll(descriptor, content);
    return identityOf(fstatSync(descriptor));
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
  return stat?.isFile() === true ? identityOf(stat) : undefined;
}

function identityOf({ dev, ino, size }: Stats): string {
  return `${dev} ${ino} ${size}`;
}

/** Removes a file, if it is still the same. */
export function removeSame(path: string, identity: string): void {
  if (identityAt(path) === identity) remove(path);
}

/** Gives the file its final name, and then its identity; undefined if the name is taken. */
function takeName(temporary: TemporaryFile, path: string): string | undefined {
  try {
    linkSync(temporary.path, path);
    return temporary.identity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    // Systems say in many ways that they cannot link; where something else is amiss, what follows fails, too.
  }
  let reserved: Stats;
  try {
    reserved = reserve(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
  try {
    if (!isSame(lstatSync(path), reserved)) return undefined; // Somebody else's by now.
    renameSync(temporary.path, path);
    // Where there are no links, a file's number may change with its name.
    return identityAt(path) ?? "";
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
