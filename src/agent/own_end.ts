/** Calls by which a process ends itself at once: no `exit` event comes, and no code of its own runs after them. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { intercept } from "./intercept.ts";

/** Signals that end a process which does not listen for them; the rest is ignored, stops it, or is the runtime's own. */
const DEADLY: readonly string[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGSEGV",
  "SIGUSR2",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGXCPU",
  "SIGVTALRM",
  "SIGSYS",
];
/** On Windows sending these ends a process, whether it listens or not. */
const DEADLY_WINDOWS: readonly string[] = ["SIGINT", "SIGQUIT", "SIGKILL", "SIGTERM"];

/** Whether this process may end by a signal: the kernel lets process 1 of a namespace live. */
export const isMortal: boolean = process.pid !== 1;

/** Whether a signal that this process sends to `pid` ends it at once. */
export function isDeadly(
  pid: unknown,
  signum: unknown,
  isListenedFor: (signum: number) => boolean,
): signum is number {
  if (!isMortal || typeof signum !== "number" || !includesUs(Number(pid))) return false;
  const names = process.platform === "win32" ? DEADLY_WINDOWS : DEADLY;
  const signals = constants.signals as Readonly<Record<string, number>>;
  const name = names.find((it) => signals[it] === signum);
  if (name === undefined) return false;
  return name === "SIGKILL" || process.platform === "win32" || !isListenedFor(signum);
}

/**
 * Calls `beforeKill` with whom and with what the process is about to signal, and `beforeEnd` before it ends itself by another
 * function of `process`.
 */
export function onOwnEnd(
  { beforeKill, beforeEnd }: { beforeKill(pid: unknown, signum: unknown): void; beforeEnd(): void },
  mayAbort = true,
): void {
  intercept(process, "_kill", (target, self, args) => {
    beforeKill(args[0], args[1]);
    return Reflect.apply(target, self, args);
  });
  for (const name of mayAbort ? ["reallyExit", "abort"] : ["reallyExit"]) {
    intercept(process, name, (target, self, args) => {
      beforeEnd();
      return Reflect.apply(target, self, args);
    });
  }
}

function includesUs(pid: number): boolean {
  return pid === process.pid || pid === 0 || (pid < -1 && -pid === ownGroup());
}

/** The process group of this process; where it cannot be known, that which it would lead. */
function ownGroup(): number {
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name, in parentheses, may hold anything.
    const [, , group] = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)!.split(" ");
    return Number(group);
  } catch {
    return process.pid;
  }
}
