/** Opens and reads regular files only: nothing else hangs, is read, or notices that somebody looked. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import process from "node:process";
import type { Bytes } from "../units.ts";
import { FileRefused } from "./refused.ts";

/** What a path may be; the strictest if nothing is said. */
export interface PathOptions {
  /** The path may end in a symbolic link: for what the user names, and for the application's own files. */
  readonly followsLink?: boolean;
  /** The path may not lead to another machine: for paths that the user did not name. */
  readonly isLocal?: boolean;
}

/** `a` appends and reads, `r+` writes and reads. */
export type OpenMode = "r" | "r+" | "a";

// Windows has neither: there it is what `lstat` says that counts.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR, O_APPEND } = constants;
const FLAGS: Readonly<Record<OpenMode, number>> = { r: O_RDONLY, "r+": O_RDWR, a: O_RDWR | O_APPEND };

/**
 * Opens a regular file that is there.
 *
 * The path is looked at first, for opening a device may do something; a FIFO that takes its place in between is opened
 * without waiting, and refused.
 *
 * @throws `FileRefused`, or what the system says
 */
export function openRegular(path: string, mode: OpenMode = "r", options: PathOptions = {}): number {
  statRegular(path, options);
  const follow = options.followsLink ? 0 : O_NOFOLLOW;
  let descriptor: number;
  try {
    descriptor = openSync(path, FLAGS[mode] | follow | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOOP" && follow !== 0) {
      throw new FileRefused(path, `it ${LINK}`);
    }
    throw error;
  }
  try {
    assertRegular(path, fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * What the system says of a regular file, without opening it.
 *
 * @throws `FileRefused`, or what the system says
 */
export function statRegular(path: string, { followsLink, isLocal }: PathOptions = {}): Stats {
  if (isLocal && isRemote(path, process.platform)) throw new FileRefused(path, "it is on another machine");
  const stat = followsLink ? statSync(path) : lstatSync(path);
  assertRegular(path, stat);
  return stat;
}

/**
 * The content of a regular file that is not larger than the limit. Of one that grows meanwhile, what was there.
 *
 * @throws `FileRefused`, or what the system says
 */
export function readRegular(path: string, limit: Bytes, options: PathOptions = {}): Buffer {
  const descriptor = openRegular(path, "r", options);
  try {
    const { size } = fstatSync(descriptor);
    if (size > limit) {
      throw new FileRefused(path, `it has ${size} bytes, at most ${limit} are read`);
    }
    return readAt(descriptor, 0, size);
  } finally {
    closeSync(descriptor);
  }
}

/** Up to so many bytes from a place in an open file. */
export function readAt(descriptor: number, offset: Bytes, length: Bytes): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/**
 * Whether Windows would ask another machine, or a device, for this path: `\\host\share`, `//host/share`,
 * `\\?\UNC\host`, `\\.\pipe\name`; `\\?\C:\file` is on this one.
 */
export function isRemote(path: string, platform: string): boolean {
  return platform === "win32" &&
    (/^[\\/]{2}(?![?.][\\/][a-z]:[\\/])/i.test(path) || /^[\\/]\?\?[\\/]/.test(path));
}

const LINK = "is a symbolic link, which is not followed";

function assertRegular(path: string, stat: Stats): void {
  if (!stat.isFile()) throw new FileRefused(path, `it ${kindOf(stat)}`);
}

function kindOf(stat: Stats): string {
  if (stat.isSymbolicLink()) return LINK;
  if (stat.isDirectory()) return "is a directory, not a file";
  if (stat.isFIFO()) return "is a named pipe, not a file";
  if (stat.isSocket()) return "is a socket, not a file";
  return "is a device, not a file";
}
