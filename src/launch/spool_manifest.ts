/** What a spool says of its run: who finds it when profsrv was killed can finish the run, or remove it. */
import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import process from "node:process";
import { contentOf, isOurs, isPrivate, namesIn, ownDirectories } from "../files/directories.ts";
import { OwnFile, type OwnKind } from "../files/own_file.ts";
import { readRegular } from "../files/regular.ts";
import { identityOf, isAlive, isSame, type ProcessIdentity } from "../process_alive.ts";
import { parseSpoolFileName } from "../protocol/spool_file.ts";
import type { Bytes, EpochMilliseconds, Milliseconds } from "../units.ts";
import { agentCache } from "./agent_cache.ts";
import { RUN_PREFIX, SPOOL_PREFIX } from "./run_directory.ts";

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

const MAX_MANIFEST: Bytes = 16 * 1024 * 1024;

const MANIFEST: OwnKind = {
  name: "run.json",
  head: MAX_MANIFEST,
  // It names the inbox, which others may not know.
  mode: 0o600,
  isOurs: (head) => parse(head) !== undefined,
};

/** As `mkdtemp` completes the names. */
const SPOOL = new RegExp(`^${SPOOL_PREFIX}[A-Za-z0-9]{6}$`);
const RUN = new RegExp(`^${RUN_PREFIX}[A-Za-z0-9]{6}$`);

/** Writes into a spool what run it belongs to, and that this process reads it. */
export function describeSpool(spool: string, manifest: SpoolManifest): void {
  const reader = identityOf(process.pid);
  new OwnFile(join(spool, MANIFEST.name), MANIFEST).replace(JSON.stringify({ ...manifest, reader }));
}

/**
 * All spools that are this user's own, private, and in their place: directly in the system's temporary directory, or
 * where that cannot be written, in the user's cache. Nothing
 * that is told elsewhere of a spool is believed, for what is in one decides what is written, and where.
 */
export function findSpools(): FoundSpool[] {
  return spoolFolders().flatMap((it) => ownDirectories(it, SPOOL)).flatMap((path) => foundAt(path) ?? []);
}

/** Whether the spool is still there, and its profsrv runs. */
export function isRead({ path }: FoundSpool): boolean {
  return foundAt(path)?.reader !== undefined;
}

function spoolFolders(): string[] {
  try {
    return [...new Set([tmpdir(), agentCache()])];
  } catch {
    return [tmpdir()]; // There is no cache, and so nothing in it.
  }
}

/** The directories of runs of this user that were made for them in the system's temporary directory. */
export function findRunDirectories(folder: string = tmpdir()): string[] {
  return ownDirectories(folder, RUN);
}

/** Whether processes that wrote into a spool still run. Their files lie in it, or in a directory in it. */
export function hasWriters({ path }: FoundSpool): boolean {
  return [path, ...ownDirectories(path, /^/)].flatMap(namesIn).some((name) => {
    const file = parseSpoolFileName(name);
    return file !== null && isAlive(file.pid);
  });
}

/** Spools of killed runs in which nothing has happened for so long, that nobody reads and nobody writes. */
export function leftSpools(age: Milliseconds, now: EpochMilliseconds = Date.now()): FoundSpool[] {
  return findSpools().filter((spool) =>
    spool.reader === undefined && !hasWriters(spool) &&
    now - Math.max(spool.manifest.startedOn, contentOf(spool.path).changedOn) >= age
  );
}

function foundAt(path: string): FoundSpool | undefined {
  try {
    if (!isPrivate(path)) return undefined;
    const found = parse(readRegular(join(path, MANIFEST.name), MAX_MANIFEST).toString());
    if (found === undefined || !isOwnInbox(join(path, found.inbox))) return undefined;
    const { reader, ...manifest } = found;
    return { path, manifest, reader: isSame(reader) ? reader.pid : undefined };
  } catch {
    return undefined; // It is being made or removed right now.
  }
}

/** Whether it is a directory that this user made, and no link. Other users may have written into that of root. */
function isOwnInbox(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined || stat.isDirectory() && isOurs(stat);
}

/** A manifest, every part of it checked; undefined if it is none. */
function parse(text: string): SpoolManifest & { readonly reader: ProcessIdentity } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { v, directory, options, command, inbox, agentPath, startedOn, reader } = value as Readonly<
    Record<string, unknown>
  >;
  if (v !== 1 || typeof directory !== "string" || !isAbsolute(directory)) return undefined;
  if (!isWords(options) || !isWords(command) || command.length === 0) return undefined;
  // The inbox is a directory in the spool, and nothing else.
  if (typeof inbox !== "string" || !/^[0-9a-f]{32}$/.test(inbox) || typeof agentPath !== "string") {
    return undefined;
  }
  if (!Number.isSafeInteger(startedOn) || Math.abs(startedOn as number) > LAST_INSTANT) return undefined;
  if (typeof reader !== "object" || reader === null) return undefined;
  const { pid, born } = reader as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return undefined;
  if (born !== null && typeof born !== "string") return undefined;
  return value as SpoolManifest & { readonly reader: ProcessIdentity };
}

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_INSTANT: EpochMilliseconds = 8.64e15;

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((it) => typeof it === "string");
}
