/** What the operating system's errors mean, in words for the user. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";

const REASONS: Readonly<Record<string, string | undefined>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "it is not a directory",
  ENOENT: "no such directory",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EMFILE: "too many files are open",
  EIO: "the device failed",
};

/** The reason of a file system error as half a sentence, such as `the disk is full`. */
export function reasonOf(error: unknown): string {
  const { code, path, reason } = error as NodeJS.ErrnoException & { readonly reason?: unknown };
  // A file that was refused says itself what it is.
  if (typeof reason === "string") return reason;
  if (path !== undefined && code === "EEXIST") return `"${path}" is not a directory`;
  if (path !== undefined && code === "ENOTDIR") return `"${thereOf(path)}" is not a directory`;
  return REASONS[code ?? ""] ?? `the system says ${code ?? String(error)}`;
}

/** The part of a path that is there, where one of its parts is a file. */
function thereOf(path: string): string {
  for (let part = path; part !== dirname(part); part = dirname(part)) {
    if (existsSync(part)) return part;
  }
  return path;
}
