/** Open files that our parent handed us beside our streams: they are the command's. */
import { closeSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";

/** One open file of ours. */
export interface Descriptor {
  readonly fd: number;
  /** What `/proc` says it is, as `socket:[4711]`. */
  readonly target: string;
  /** Whether it would be closed when a command is started. */
  readonly closesOnExec: boolean;
}

/** The first descriptor that is none of the streams. */
const FIRST = 3;

/**
 * Those that were handed to us and that a command would not get by itself. Node marks all it was handed as its own are
 * marked, then opens its own: each gets the lowest number that is free, an event poll the first. So what is below that was
 * handed to us. Above, where there were gaps, what is of a kind that Node has none of was, too; pipes of Node's have both ends here. Pure.
 */
export function handedDescriptors(all: readonly Descriptor[]): { sure: number[]; likely: number[] } {
  const closing = all.filter(({ fd, closesOnExec }) => fd >= FIRST && closesOnExec);
  const own = Math.min(
    ...all.filter(({ target }) => target === "anon_inode:[eventpoll]").map(({ fd }) => fd),
  );
  const ends = (target: string) => closing.filter((it) => it.target === target).length;
  const isForeign = ({ target }: Descriptor) =>
    !target.startsWith("anon_inode:") && target !== "/dev/null" && !target.startsWith("/proc/") &&
    !(target.startsWith("pipe:") && ends(target) > 1);
  const likely = own === Infinity ? [] : closing.filter((it) => it.fd > own && isForeign(it));
  return {
    sure: closing.filter(({ fd }) => fd < own).map(({ fd }) => fd),
    likely: likely.map(({ fd }) => fd),
  };
}

/** What our parent handed us, for the command to be started with. */
export interface Handed {
  /** By their numbers, which stay the same. */
  readonly descriptors: readonly number[];
  /** Lets go of ours once the command has its own: a pipe must end with the command; `except` has an owner. */
  release(except?: number): void;
}

/** Looks; to be called before this process opens files of its own. */
export function handedToUs(): Handed {
  const { sure, likely } = handedDescriptors(openDescriptors());
  const release = (except?: number) => {
    for (const fd of sure.filter((it) => it !== except)) attempt(() => closeSync(fd));
  };
  return { descriptors: [...sure, ...likely], release };
}

/** Where there is no `/proc`, only those of a socket activation are known. Deno marks none: a command gets them by itself. */
function openDescriptors(): Descriptor[] {
  if (process.versions["deno"] !== undefined || process.platform === "win32") return [];
  const found = attempt(() => readdirSync("/proc/self/fd"));
  if (found === undefined) return activated();
  return found.flatMap((name) => {
    const target = attempt(() => readlinkSync(`/proc/self/fd/${name}`));
    const info = attempt(() => readFileSync(`/proc/self/fdinfo/${name}`, "utf8"));
    const flags = parseInt(/^flags:\s*(\d+)/m.exec(info ?? "")?.[1] ?? "", 8);
    if (target === undefined || Number.isNaN(flags)) return [];
    return [{ fd: Number(name), target, closesOnExec: (flags & CLOSE_ON_EXEC) !== 0 }];
  });
}

const CLOSE_ON_EXEC = 0o2000000;

function activated(): Descriptor[] {
  const count = isActivated(process.env) ? Number(process.env["LISTEN_FDS"]) : 0;
  const sockets = Array.from({ length: count }, (_, i) => ({
    fd: FIRST + i,
    target: "socket:",
    closesOnExec: true,
  }));
  return count === 0
    ? []
    : [...sockets, { fd: FIRST + count, target: "anon_inode:[eventpoll]", closesOnExec: true }];
}

function isActivated(env: NodeJS.ProcessEnv): boolean {
  return env["LISTEN_PID"] === String(process.pid) && /^\d{1,4}$/.test(env["LISTEN_FDS"] ?? "");
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined; // Closed meanwhile, or not for us.
  }
}
