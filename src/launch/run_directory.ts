/** The two directories of a run: where profiles go and stay, and the private spool that goes with us. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { roomIn } from "../files/room.ts";
import { reasonOf } from "../system_error.ts";
import type { Bytes } from "../units.ts";

/** How the names of spools begin; of private directories for profiles, too. */
export const SPOOL_PREFIX = "profsrv-spool-";
export const RUN_PREFIX = "profsrv-";

/** What lies in a spool unread while profsrv is busy is mostly less. */
const SPOOL_ROOM: Bytes = 8 * 1024 * 1024;

/** A directory could not be had; the message is one sentence for the user. */
export class DirectoryError extends Error {
  override name = "DirectoryError";
}

/** Where profiles go. */
export interface RunDirectory {
  /** Absolute. */
  readonly path: string;
  /** Removes what was made for this run and is still empty. */
  undo(): void;
}

/** The private directory between the agents and us. */
export interface Spool {
  /** Absolute; only this user can list it. */
  readonly path: string;
  /** The directory in it that the agents write to. Its name is the token of the run: whoever knows it belongs to the run. */
  readonly inbox: string;
  /** Makes it again where somebody removed it; false if another user has taken its place. */
  restore(): boolean;
  remove(): void;
}

/** The directory profiles go to: the given one, made with its parents where missing, or a new private one. */
export function makeRunDirectory(given: string | undefined): RunDirectory {
  if (given === undefined) {
    const path = makePrivate(RUN_PREFIX, [resolve(tmpdir())]);
    return { path, undo: () => removeEmpty([path]) };
  }
  const path = resolve(given);
  const made: string[] = [];
  try {
    makeWithParents(path, made);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    removeEmpty(made);
    throw new DirectoryError(`Cannot write profiles to "${given}": ${reasonOf(error)}`, { cause: error });
  }
  return { path, undo: () => removeEmpty(made) };
}

/**
 * Makes the spool of a run in the system's temporary directory, or in `fallback` where that cannot be written, is full or has a
 * comma in its path.
 *
 * The children of root may run as other users: they can write to the inbox, for they know its name, and nobody else does.
 */
export function makeSpool(fallback: string): Spool {
  const temporary = resolve(tmpdir());
  const isWorse = roomForSpool(temporary) < roomForSpool(fallback);
  const path = makePrivate(SPOOL_PREFIX, isWorse ? [fallback, temporary] : [temporary, fallback]);
  const inbox = join(path, randomBytes(16).toString("hex"));
  const remove = () => {
    if (isOwn(path)) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  };
  const fill = () => {
    mkdirSync(inbox, { mode: 0o700 });
    if (process.getuid?.() !== 0) return;
    chmodSync(inbox, 0o1733);
    chmodSync(path, 0o711);
  };
  const restore = () => {
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
      if (!isOwn(path)) return false;
      fill();
      return true;
    } catch {
      return false;
    }
  };
  try {
    fill();
  } catch (error) {
    remove();
    throw new DirectoryError(`Cannot make "${inbox}": ${reasonOf(error)}`, { cause: error });
  }
  return { path, inbox, restore, remove };
}

/** The lists of paths of Deno 2.9.6 cannot hold one with a comma. */
function roomForSpool(folder: string): Bytes {
  return folder.includes(",") ? 0 : Math.min(roomIn(folder), SPOOL_ROOM);
}

/** Whether a directory of this user stands there: in a shared temporary directory it could be anybody's. */
function isOwn(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === (process.getuid?.() ?? stat.uid);
}

/** Makes a private directory in the first of these folders that takes it. */
function makePrivate(prefix: string, folders: readonly [string, ...string[]]): string {
  let failure: unknown;
  for (const folder of folders) {
    try {
      return mkdtempSync(join(folder, prefix));
    } catch (error) {
      failure ??= error;
    }
  }
  throw new DirectoryError(`Cannot make a directory in "${folders[0]}": ${reasonOf(failure)}`, {
    cause: failure,
  });
}

/** Makes a directory and what is missing above it; `made` gets each new one, parents first. */
function makeWithParents(path: string, made: string[]): void {
  const missing: string[] = [];
  for (let at = path; !isDirectory(at); at = dirname(at)) {
    missing.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const directory of missing) {
    try {
      mkdirSync(directory);
      made.push(directory);
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (!isDirectory(directory)) throw error;
    }
  }
}

/** Whether a directory stands there; throws when something else does, or nobody may look. */
function isDirectory(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
  throw Object.assign(new Error("not a directory"), { code: "ENOTDIR", path });
}

function removeEmpty(made: readonly string[]): void {
  for (const directory of [...made].reverse()) {
    try {
      rmdirSync(directory);
    } catch {
      return; // Not empty: somebody needs it.
    }
  }
}
