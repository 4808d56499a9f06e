/** Directories that profsrv writes into, and removes. */
import { lstatSync, mkdirSync, readdirSync, rmSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Bytes } from "../units.ts";
import { FileRefused } from "./refused.ts";

/**
 * A directory below another one, made where it is missing. None of `parts` may be a link, or belong to somebody who could
 * put a link in its place: to another user than us, root and the owner of `root`.
 *
 * @throws `FileRefused`, or what the system says
 */
export function directoryBelow(root: string, parts: readonly string[]): string {
  if (parts.length === 0) return root;
  let path = root;
  const owner = statSync(root).uid;
  for (const part of parts) {
    path = join(path, part);
    let stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      makeDirectory(path);
      stat = lstatSync(path);
    }
    if (stat.isSymbolicLink()) {
      throw new FileRefused(path, `"${part}" in it is a symbolic link, which is not followed`);
    }
    if (!stat.isDirectory()) throw new FileRefused(path, `"${path}" is not a directory`);
    if (!isOurs(stat) && stat.uid !== 0 && stat.uid !== owner) {
      throw new FileRefused(path, `"${part}" in it belongs to another user`);
    }
  }
  return path;
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Whether this user owns it; always where the system has no such owners. */
export function isOurs({ uid }: Pick<Stats, "uid">): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own;
}

/** Directories of this user in another one, by the form of their names; none where we may not look. Links are left out. */
export function ownDirectories(folder: string, name: RegExp): string[] {
  return namesIn(folder).filter((it) => name.test(it)).map((it) => join(folder, it)).filter((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    // In a shared temporary directory anybody may make one of such a name.
    return stat?.isDirectory() === true && isOurs(stat);
  });
}

/** Whether nobody but this user may write into a directory. */
export function isPrivate(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && isOurs(stat) &&
    (process.platform === "win32" || (stat.mode & 0o022) === 0);
}

/** The size of all files below a directory, and when the last of them was changed; no link is followed. */
export function contentOf(path: string): { size: Bytes; changedOn: number } {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  let [size, changedOn] = [0, stat?.mtimeMs ?? 0];
  const queue = [path];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const name of namesIn(folder)) {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.isDirectory()) queue.push(join(folder, name));
      else if (stat.isFile()) size += stat.size;
      changedOn = Math.max(changedOn, stat.mtimeMs);
    }
  }
  return { size, changedOn };
}

/**
 * Removes a directory of this user that nobody else may write into, with all that is in it; what its links lead to stays.
 *
 * @throws `FileRefused`, or what the system says
 */
export function removeDirectory(path: string): void {
  if (!isPrivate(path)) throw new FileRefused(path, "others may write into it");
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** The names in a directory; none where we may not look. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The user's home; undefined where neither a variable nor the system's list of users names one, as in a container without files. */
export function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
