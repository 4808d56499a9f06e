/** The newest run, for those who do not say which. */
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readRunRecord } from "../collector/read_run.ts";
import { ownDirectories, RUN_PREFIX, spoolsIn } from "../launch/mod.ts";

/**
 * The directory of the newest run of this user, of those that go on, that went to the system's temporary directory, and
 * that are in the current directory or directly below it; undefined if there is none.
 */
export function newestRun(): string | undefined {
  const temporary = tmpdir();
  const here = process.cwd();
  const places = [
    ...spoolsIn([temporary]).map(({ manifest }) => manifest.directory),
    ...ownDirectories(temporary, RUN_PREFIX),
    here,
    ...foldersIn(here),
  ];
  let newest: { path: string; start: string } | undefined;
  for (const path of places) {
    const start = startOf(path);
    if (start !== undefined && (newest === undefined || start > newest.start)) newest = { path, start };
  }
  return newest?.path;
}

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
    return readRunRecord(path)?.start;
  } catch {
    return undefined; // Not for us.
  }
}
