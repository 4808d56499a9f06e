/** The two directories of a run: where profiles go and stay, and the private spool that goes with us. */
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { reasonOf } from "../system_error.ts";

/** How the names of spools begin; of private directories for profiles, too. */
export const SPOOL_PREFIX = "profsrv-spool-";
export const RUN_PREFIX = "profsrv-";
/** The agent's name in a spool. */
export const AGENT_FILE = "agent.cjs";

/** A directory could not be had; the message is one sentence for the user. */
export class DirectoryError extends Error {
  override name = "DirectoryError";
}

/** Where profiles go. */
export interface RunDirectory {
  /** Absolute. */
  readonly path: string;
  /** Removes what was made for this run and is still empty. */
  undo(): void;
}

/** The private directory between the agents and us. */
export interface Spool {
  /** Absolute; mode 0700. */
  readonly path: string;
  /** The agent as a file in it. */
  readonly agentPath: string;
  /** Makes it again where somebody removed it: without the agent no node process of the command could start. */
  restore(): void;
  remove(): void;
  /** Leaves only an empty agent: processes that outlive us still load it in every node that they start. */
  abandon(): void;
}

/** The directory profiles go to: the given one, made with its parents where missing, or a new private one. */
export function makeRunDirectory(given: string | undefined): RunDirectory {
  if (given === undefined) {
    const path = makePrivate(RUN_PREFIX);
    return { path, undo: () => removeEmpty([path]) };
  }
  const path = resolve(given);
  const made: string[] = [];
  try {
    makeWithParents(path, made);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    removeEmpty(made);
    throw new DirectoryError(`Cannot write profiles to "${given}": ${reasonOf(error)}`, { cause: error });
  }
  return { path, undo: () => removeEmpty(made) };
}

/** Makes the spool of a run, with the agent's text in it. */
export function makeSpool(agentText: string): Spool {
  const path = makePrivate(SPOOL_PREFIX);
  const agentPath = join(path, AGENT_FILE);
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  try {
    writeFileSync(agentPath, agentText, { mode: 0o600, flag: "wx" });
  } catch (error) {
    remove();
    throw new DirectoryError(`Cannot write "${agentPath}": ${reasonOf(error)}`, { cause: error });
  }
  const restore = () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(agentPath, agentText, { mode: 0o600 });
  };
  return { path, agentPath, restore, remove, abandon: () => abandonSpool(path) };
}

/** Empties a spool whose processes may live on: see `Spool.abandon`. */
export function abandonSpool(path: string): void {
  for (const name of readdirSync(path)) {
    if (name !== AGENT_FILE) rmSync(join(path, name), { recursive: true, force: true });
  }
  writeFileSync(join(path, AGENT_FILE), "");
}

function makePrivate(prefix: string): string {
  const folder = resolve(tmpdir());
  try {
    return mkdtempSync(join(folder, prefix));
  } catch (error) {
    throw new DirectoryError(`Cannot make a directory in "${folder}": ${reasonOf(error)}`, { cause: error });
  }
}

/** Makes a directory and what is missing above it; `made` gets each new one, parents first. */
function makeWithParents(path: string, made: string[]): void {
  const missing: string[] = [];
  for (let at = path; !isDirectory(at); at = dirname(at)) {
    missing.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const directory of missing) {
    try {
      mkdirSync(directory);
      made.push(directory);
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (!isDirectory(directory)) throw error;
    }
  }
}

/** Whether a directory stands there; throws when something else does, or nobody may look. */
function isDirectory(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
  throw Object.assign(new Error("not a directory"), { code: "ENOTDIR", path });
}

function removeEmpty(made: readonly string[]): void {
  for (const directory of made.toReversed()) {
    try {
      rmdirSync(directory);
    } catch {
      return; // Not empty: somebody needs it.
    }
  }
}
