/** The profiles of some requests of a run, read back. */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRegular } from "../files/regular.ts";
import { type Format, formatOfFile, MAX_CONTENT, readable } from "../formats/mod.ts";
import type { Profile } from "../profile/model.ts";
import type { IndexEntry } from "../store/entry.ts";

/** Reads the profile of each request that has one which can be read. */
export function profilesOf(directory: string, entries: readonly IndexEntry[]): Profile[] {
  return entries.flatMap(({ files }) => {
    const name = best(files);
    if (name === undefined) return [];
    try {
      const path = join(directory, ...name.split("/"));
      // No link leads out of the run's directory, which is named without any.
      if (realpathSync(dirname(path)) !== dirname(path)) return [];
      const content = readRegular(path, MAX_CONTENT);
      return [formatOfFile(name)!.read!(content, name).profile];
    } catch {
      return []; // It made room for others, or is damaged: the rest says enough.
    }
  });
}

/** Of a request's files the one that holds most. */
function best(files: readonly string[]): string | undefined {
  const rank = (name: string) => readable.indexOf(formatOfFile(name) as Format);
  return files.filter((name) => rank(name) >= 0).sort((a, b) => rank(a) - rank(b))[0];
}
