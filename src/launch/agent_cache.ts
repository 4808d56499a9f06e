/**
 * Where the agent's text lies: content-addressed files in the user's cache directory.
 *
 * A child loads the agent by its path for as long as any child lives, which may be longer than the run. So the path must stay,
 * and nobody else may be able to change what stands there: each directory above it belongs to this user or to root, no run
 * removes it, and its owner, mode and content are checked at each start.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { basename, dirname, join, posix, win32 } from "node:path";
import process from "node:process";
import { reasonOf } from "../system_error.ts";
import { contentName } from "./content_name.ts";
import type { Environment } from "./environment.ts";
import { DirectoryError } from "./run_directory.ts";

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Reports of coverage (`node --test`, c8, nyc) and transpilers leave alone what lies below `node_modules`. */
const OWN = ["profsrv", "node_modules"] as const;

/** Written by its owner only. */
const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/** What tells where a user's cache is. */
export interface CacheFacts {
  readonly env: Environment;
  readonly platform: string;
  /** The user's home directory as the system's user database has it; undefined if it has none. */
  readonly home: string | undefined;
  readonly isRoot: boolean;
}

/** The directories that may hold the agent, the most usual first. Pure. */
export function cacheDirectories({ env, platform, home, isRoot }: CacheFacts): string[] {
  if (platform === "win32") {
    const profiles = [env["USERPROFILE"], home].map((it) => it && win32.join(it, "AppData", "Local"));
    const locals = [env["LOCALAPPDATA"], ...profiles].filter((it) => it && win32.isAbsolute(it)) as string[];
    return [...new Set(locals.map((it) => win32.join(it, ...OWN)))];
  }
  const homes = [env["HOME"], home].filter((it) => it !== undefined);
  const found = platform === "darwin"
    ? homes.map((it) => posix.join(it, "Library", "Caches"))
    : [env["XDG_CACHE_HOME"], ...homes.map((it) => posix.join(it, ".cache"))];
  // The processes of other users that root starts cannot enter root's home.
  if (isRoot && platform !== "darwin") found.push("/var/cache");
  const absolute = found.filter((it) => it !== undefined && posix.isAbsolute(it)) as string[];
  return [...new Set(absolute.map((it) => posix.join(it, ...OWN)))];
}

/** The directory that holds the agent, made if missing. Throws `DirectoryError` if none of the candidates will do. */
export function agentCache(): string {
  const uid = process.getuid?.();
  const facts = { env: process.env, platform: process.platform, home: homeOf(), isRoot: uid === 0 };
  const candidates = cacheDirectories(facts);
  const windows = facts.platform === "win32";
  const variables = windows ? ["LOCALAPPDATA", "USERPROFILE"] : ["XDG_CACHE_HOME", "HOME"];
  let failure = `neither ${variables.join(" nor ")} names a directory`;
  const open = candidates.filter(isOpen);
  for (const path of new Set([...open, ...candidates])) {
    try {
      return made(path, uid);
    } catch (error) {
      failure = `"${path}" cannot hold it: ${error instanceof Distrust ? error.message : reasonOf(error)}`;
    }
  }
  throw new DirectoryError(
    `Cannot keep the agent: ${failure}; let ${variables[0]} name a directory that only you can write to`,
  );
}

/** Puts a text under a name that `contentName` gives into the cache, unless it stands there intact. Gives its path. */
export function place(directory: string, name: string, text: string): string {
  const path = join(directory, contentName(name, text));
  if (isIntact(path, text)) return path;
  const temporary = join(directory, `.${randomBytes(8).toString("hex")}.tmp`);
  try {
    const descriptor = openSync(temporary, "wx", 0o644);
    try {
      writeFileSync(descriptor, text);
      if (process.platform !== "win32") fchmodSync(descriptor, 0o644);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new DirectoryError(`Cannot write "${path}": ${reasonOf(error)}`, { cause: error });
  }
  return path;
}

/** Somebody else could change what stands in a directory. */
class Distrust extends Error {}

function made(path: string, uid: number | undefined): string {
  const missing: string[] = [];
  for (let at = path; !exists(at); at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    mkdirSync(directory, { mode: 0o755 });
    const isOwn = directory === path || directory === dirname(path);
    if (isOwn && process.platform !== "win32") openToReaders(directory);
  }
  const real = realpathSync(path);
  if (uid !== undefined) checkOwners(real, uid);
  return real;
}

/** Whatever the umask: processes of other users may read the agent. */
function openToReaders(path: string): void {
  const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW);
  try {
    fchmodSync(descriptor, 0o755);
  } finally {
    closeSync(descriptor);
  }
}

/** Throws unless only root and this user can change what stands in a directory, or which directory it is. */
function checkOwners(real: string, uid: number): void {
  for (let at = real;; at = dirname(at)) {
    const stat = statSync(at);
    if (stat.uid !== 0 && stat.uid !== uid) throw new Distrust(`"${at}" belongs to another user`);
    if (isWritableByOthers(stat, at === real)) throw new Distrust(`others may write to "${at}"`);
    if (at === dirname(at)) return;
  }
}

function isWritableByOthers({ mode, uid, gid }: Stats, isLast: boolean): boolean {
  if ((mode & OTHERS_MAY_WRITE) === 0) return false;
  // In a sticky directory, such as a shared temporary one, nobody can move away what is another's.
  if (!isLast && (mode & STICKY) !== 0) return false;
  // Many systems give each user a group of the same number, with nobody else in it.
  return !((mode & 0o002) === 0 && uid === gid);
}

/** Whether processes of other users can reach what stands in a directory, or will stand in it when it is made. */
function isOpen(path: string): boolean {
  for (let at = path;; at = dirname(at)) {
    const stat = statSync(at, { throwIfNoEntry: false });
    if (stat !== undefined && at !== path && (stat.mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function isIntact(path: string, text: string): boolean {
  try {
    const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = fstatSync(descriptor);
      const uid = process.getuid?.() ?? stat.uid;
      const isOurs = stat.uid === 0 || stat.uid === uid;
      const isSafe = process.platform === "win32" || (stat.mode & OTHERS_MAY_WRITE) === 0;
      return stat.isFile() && isOurs && isSafe && readFileSync(descriptor, "utf8") === text;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false; // It is missing, or not to be trusted: a new one takes its place.
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined || basename(path) === "";
}

function homeOf(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined; // This user is in no database.
  }
}
