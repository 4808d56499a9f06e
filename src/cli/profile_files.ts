/** The profile files of a directory, and which of them are to be read. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROUTES_NAME, routesFile } from "../store/own_files.ts";
import { type Format, formatOfFile, readable } from "../formats/mod.ts";

/** What is to be read in a directory, and how many of its files are not. */
export interface Found {
  readonly sources: readonly Source[];
  /** Profiles that there are in all wanted formats. */
  readonly done: number;
  /** Links that are called as a profile is. */
  readonly links: number;
  /** Profiles that there are only in formats that cannot be read, */
  readonly unreadable: number;
  /** which are these. */
  readonly unreadableIds: readonly string[];
}

/** One file to read, and what to write of it. */
export interface Source {
  readonly path: string;
  /** The directory that was named, or that of the file that was. */
  readonly root: string;
  /** The file's directory below that. */
  readonly below: readonly string[];
  readonly formats: readonly Format[];
  /** Whether the user named it: then it may be a link. */
  readonly isNamed: boolean;
}

/** What a path is. Throws what the system says. */
export function kindAt(path: string): "file" | "directory" {
  return statSync(path).isDirectory() ? "directory" : "file";
}

/**
 * What to read in a directory and below it, sorted: of files with one name in several formats only the best. Formats
 * that are there already are not written beside it again. Hidden files are of others: no name that we make begins with a dot.
 *
 * @throws what the system says
 */
export function profileFilesIn(
  directory: string,
  { formats, isElsewhere }: { readonly formats: readonly Format[]; readonly isElsewhere: boolean },
): Found {
  const sources: Source[] = [];
  const unreadableIds = new Set<string>();
  let [done, links, unreadable] = [0, 0, 0];
  // No link in it is followed: the directory may be anybody's, and links go round.
  const queue: string[][] = [[]];
  for (const below of queue) {
    const folder = join(directory, ...below);
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const { name } of entries.filter((it) => it.isDirectory())) queue.push([...below, name]);
    links += entries.filter((it) => it.isSymbolicLink() && formatOfFile(it.name) !== undefined).length;
    const isOther = (name: string) => name.startsWith(".") || (name === ROUTES_NAME && isRoutesOf(folder));
    const names = entries.filter((it) => it.isFile() && !isOther(it.name)).map(({ name }) => name);
    for (const [stem, there] of byStem(names)) {
      const wanted = isElsewhere ? formats : formats.filter((it) => !there.includes(it));
      const best = readable.find((it) => there.includes(it));
      if (wanted.length === 0) done++;
      else if (best === undefined) {
        unreadable++;
        for (const { id } of there) unreadableIds.add(id);
      } else {
        const path = join(folder, stem + best.extension);
        sources.push({ path, root: directory, below, formats: wanted, isNamed: false });
      }
    }
  }
  sources.sort((a, b) => a.path < b.path ? -1 : 1);
  return { sources, done, links, unreadable, unreadableIds: [...unreadableIds] };
}

/** Whether the file of that name holds the routes of a run, and is no profile. */
function isRoutesOf(folder: string): boolean {
  try {
    routesFile(folder).check();
    return true;
  } catch {
    return false;
  }
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
