/** Reads the profile of a request from the files that the index names, which may come from anywhere. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { FileRefused } from "../files/refused.ts";
import { readRegular } from "../files/regular.ts";
import { FormatError, formatOfFile, MAX_CONTENT, readable } from "../formats/mod.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { Bytes } from "../units.ts";
import { type IndexEntry, unitOfEntry } from "./entry.ts";

/** `missing`: removed since, as by a limit; `unreadable`: no profile of any kind that can be read. */
export type FoundProfile =
  | { readonly kind: "found"; readonly profile: RequestProfile; readonly size: Bytes }
  | { readonly kind: "missing" | "unreadable" };

/**
 * The profile of a request, from that of its files which holds most.
 *
 * `files` are as the index names them, relative to the run's directory.
 */
export function readProfile(
  directory: string,
  entry: Pick<IndexEntry, "files" | "alloc">,
): FoundProfile {
  const { files } = entry;
  const readers = readable.flatMap((format) => {
    const name = files.find((it) => formatOfFile(it) === format);
    return name === undefined || format.read === undefined ? [] : [{ name, read: format.read }];
  });
  const [best] = readers;
  if (best === undefined) return { kind: "unreadable" };
  try {
    assertNoLinks(directory, best.name);
    const content = readRegular(join(directory, best.name), MAX_CONTENT, { isLocal: true });
    return {
      kind: "found",
      profile: best.read(content, best.name, unitOfEntry(entry)),
      size: content.length,
    };
  } catch (error) {
    if (error instanceof FormatError || error instanceof FileRefused || error instanceof RangeError) {
      return { kind: "unreadable" };
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { kind: "missing" };
    if (code === undefined) throw error;
    return { kind: "unreadable" };
  }
}

/** A link on the way would lead out of the run. */
function assertNoLinks(directory: string, name: string): void {
  const folders = name.split("/").slice(0, -1);
  for (const [index] of folders.entries()) {
    const path = join(directory, ...folders.slice(0, index + 1));
    if (lstatSync(path).isSymbolicLink()) {
      throw new FileRefused(path, "it is a symbolic link, which is not followed");
    }
  }
}
