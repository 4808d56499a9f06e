/** How much may still be written where a directory is. */
import { statfsSync } from "node:fs";
import type { Bytes } from "../units.ts";

/** What this user may still write there; `Infinity` where the system does not say. */
export function roomIn(directory: string): Bytes {
  try {
    const { blocks, bavail, bsize, files, ffree } = statfsSync(directory);
    // A file system without a size, such as ramfs, has no blocks.
    if (blocks === 0) return Infinity;
    return files > 0 && ffree === 0 ? 0 : bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** With less room a server cannot leave a window for profsrv. */
const LEAST: Bytes = 64 * 1024;

export function isFull(directory: string): boolean {
  return roomIn(directory) < LEAST;
}
