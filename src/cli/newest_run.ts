/** The newest run, for those who do not say which. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readRunRecord } from "../store/read_run.ts";
import type { Milliseconds } from "../units.ts";
import { findRunDirectories, findSpools } from "../launch/mod.ts";

/**
 * The directory of the newest run of this user, of those that go on, that went to the system's temporary directory, and
 * that are in the current directory or directly below it; undefined if there is none.
 */
export function newestRun(): string | undefined {
  let newest: { path: string; start: string } | undefined;
  for (const path of runPlaces(process.cwd())) {
    const start = startOf(path);
    if (start !== undefined && (newest === undefined || start > newest.start)) newest = { path, start };
  }
  return newest?.path;
}

/** Directories in which runs of this user may be: those that go on, those in the system's temporary directory, and those in or directly below `folder`. */
export function runPlaces(folder: string): string[] {
  return [
    ...findSpools().map(({ manifest }) => manifest.directory),
    ...findRunDirectories(),
    folder,
    ...foldersIn(folder),
  ];
}

const DAY: Milliseconds = 24 * 3600 * 1000;

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).filter((it) => it.isDirectory()).map(({ name }) =>
      join(path, name)
    );
  } catch {
    return [];
  }
}

function startOf(path: string): string | undefined {
  try {
    const start = readRunRecord(path)?.start;
    // A clock may be wrong, but who says that he is newest for ever is not believed.
    return start !== undefined && Date.parse(start) < Date.now() + DAY ? start : undefined;
  } catch {
    return undefined; // Not for us.
  }
}
