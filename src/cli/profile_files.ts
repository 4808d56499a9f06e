/** The profile files of a directory, and which of them are to be read. */
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Format, formatOfFile, readable } from "../formats/mod.ts";

/** One file to read, and what to write of it. */
export interface Source {
  readonly path: string;
  /** Its directory, relative to the one that was named. */
  readonly below: string;
  readonly formats: readonly Format[];
}

/** What a path is. Throws what the system says. */
export function kindAt(path: string): "file" | "directory" {
  return statSync(path).isDirectory() ? "directory" : "file";
}

/**
 * What to read in a directory and below it, sorted: of files with one name in several formats only the best. Formats
 * that are there already are not written beside it again; `done` counts profiles with nothing left to write.
 *
 * @throws what the system says
 */
export function profileFilesIn(
  directory: string,
  { formats, isElsewhere }: { readonly formats: readonly Format[]; readonly isElsewhere: boolean },
): { sources: Source[]; done: number } {
  const sources: Source[] = [];
  let done = 0;
  const queue = [""];
  for (const below of queue) {
    const entries = readdirSync(join(directory, below), { withFileTypes: true });
    queue.push(...entries.filter((it) => it.isDirectory()).map(({ name }) => join(below, name)));
    const names = entries.filter((it) => isFile(join(directory, below), it)).map(({ name }) => name);
    for (const [stem, there] of byStem(names)) {
      const wanted = isElsewhere ? formats : formats.filter((it) => !there.includes(it));
      const best = readable.find((it) => there.includes(it)) ?? there[0];
      if (wanted.length === 0 || best === undefined) done++;
      else sources.push({ path: join(directory, below, stem + best.extension), below, formats: wanted });
    }
  }
  return { sources: sources.sort((a, b) => a.path < b.path ? -1 : 1), done };
}

/** The formats that there are of each profile. */
function byStem(names: readonly string[]): Map<string, Format[]> {
  const stems = new Map<string, Format[]>();
  for (const name of names) {
    const format = formatOfFile(name);
    if (format === undefined) continue;
    const stem = name.slice(0, -format.extension.length);
    stems.set(stem, [...stems.get(stem) ?? [], format]);
  }
  return stems;
}

/** A file, or a link to one. Links to directories are not followed: they may go round. */
function isFile(directory: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return statSync(join(directory, entry.name)).isFile();
  } catch {
    return false;
  }
}
