/** Finds the run that a command is about, and finishes it where profsrv was killed. */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { FileRefused } from "../files/refused.ts";
import { findSpools, type FoundSpool } from "../launch/mod.ts";
import { recover } from "./recover.ts";
import type { Reporter } from "./reporter.ts";

/** The directory of a run without links, and the spools that its server writes into. */
export interface RunPlace {
  readonly directory: string;
  readonly spools: readonly FoundSpool[];
}

/**
 * The run in a directory; what a killed profsrv had not written yet is written.
 *
 * @throws `FileRefused`, or what the system says
 */
export async function openRun(path: string, reporter: Reporter): Promise<RunPlace> {
  const directory = directoryOf(path);
  const spools = spoolsOf(directory);
  for (const spool of spools) if (spool.reader === undefined) await recover(spool, reporter);
  return { directory, spools };
}

/**
 * A directory without links.
 *
 * @throws `FileRefused` if it is none, or what the system says
 */
export function directoryOf(path: string): string {
  const directory = realpathSync(resolve(path));
  if (!statSync(directory).isDirectory()) {
    throw new FileRefused(directory, `it is a file, expected a run's directory`);
  }
  return directory;
}

/** The spools of a run. */
export function spoolsOf(directory: string): FoundSpool[] {
  return findSpools().filter(({ manifest }) => isSame(manifest.directory, directory));
}

function isSame(path: string, real: string): boolean {
  try {
    return realpathSync(path) === real;
  } catch {
    return false;
  }
}
