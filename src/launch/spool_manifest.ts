/** What a spool says of its run: whoever finds it when profsrv was killed can finish the run. */
import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { identityOf, isSame, type ProcessIdentity } from "../process_alive.ts";
import type { EpochMilliseconds } from "../units.ts";
import { SPOOL_PREFIX } from "./run_directory.ts";

const NAME = "run.json";

/** A run, as its spool tells of it. */
export interface SpoolManifest {
  readonly v: 1;
  /** Where its profiles go; absolute. */
  readonly directory: string;
  /** profsrv's options as they were given, without secrets. */
  readonly options: readonly string[];
  readonly command: readonly string[];
  /** Name of the directory in the spool that the agents write to. */
  readonly inbox: string;
  /** The agent that its processes loaded. */
  readonly agentPath: string;
  readonly startedOn: EpochMilliseconds;
}

/** A spool that is there. */
export interface FoundSpool {
  readonly path: string;
  readonly manifest: SpoolManifest;
  /** The process that reads it; undefined when there is none any more. */
  readonly reader: number | undefined;
}

/** Writes into a spool what run it belongs to, and that this process reads it. */
export function describeSpool(spool: string, manifest: SpoolManifest): void {
  const reader = identityOf(process.pid);
  writeFileSync(join(spool, NAME), JSON.stringify({ ...manifest, reader }), { mode: 0o600 });
}

/** All spools of this user directly in these directories. */
export function spoolsIn(folders: readonly string[]): FoundSpool[] {
  return [...new Set(folders)].flatMap((folder) =>
    ownDirectories(folder, SPOOL_PREFIX).flatMap((path) => foundAt(path) ?? [])
  );
}

/** Directories of this user in another one whose names begin so; none where nobody may look. */
export function ownDirectories(folder: string, prefix: string): string[] {
  const uid = process.getuid?.();
  return namesIn(folder).filter((it) => it.startsWith(prefix)).map((it) => join(folder, it)).filter(
    (path) => {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      // Anybody may make a directory of such a name in a shared temporary directory.
      return stat?.isDirectory() === true && (uid === undefined || stat.uid === uid);
    },
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // There is none, or it is not for us.
  }
}

function foundAt(path: string): FoundSpool | undefined {
  try {
    const { reader, ...manifest } = JSON.parse(readFileSync(join(path, NAME), "utf8")) as
      & SpoolManifest
      & { reader: ProcessIdentity };
    if (manifest.v !== 1) return undefined;
    return { path, manifest, reader: isSame(reader) ? reader.pid : undefined };
  } catch {
    return undefined; // It is being made or removed right now.
  }
}
