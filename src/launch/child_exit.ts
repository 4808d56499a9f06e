/** How a command ended, and what that makes of us. */
import { constants } from "node:os";

/** The command could not be started. `text` is one sentence. */
export interface ChildFailure {
  readonly failed: "not found" | "not executable";
  readonly text: string;
}

/** How a command ended: by itself, killed, or not even started. */
export type ChildExit = { readonly code: number } | { readonly signal: string } | ChildFailure;

/** What `exit` of a child process reports, as a value. */
export function exitOf(code: number | null, signal: string | null): ChildExit {
  if (signal !== null) return { signal };
  // Windows has codes of 32 bits, and its own failures are negative there.
  return { code: code ?? 1 };
}

/** Why the system would not start a command that was found. Codes after a shell's. */
export function failureOf(word: string, code: string | undefined): ChildFailure {
  const reason = {
    ENOENT: "the interpreter that its first line names is missing",
    EACCES: "permission denied",
    ENOEXEC: "it is not in a format this system can run",
    E2BIG: "its arguments and environment are too long",
    EAGAIN: "the system has no room for another process",
    ENOMEM: "the system has no memory for another process",
  }[code ?? ""];
  return {
    failed: "not executable",
    text: `Cannot run "${word}": ${reason ?? `the system says ${code ?? "no"}`}`,
  };
}

/** What Windows says of each process that another one ends: libuv and Deno give no other code. */
const ENDED_WINDOWS = 1;

/**
 * How a command ended that we have killed in the name of a signal. On Windows that may be a process below the command, too:
 * `cmd.exe` and npm pass its code on. Pure.
 */
export function exitAfterKill(
  exit: ChildExit,
  { inNameOf, platform }: { readonly inNameOf: string | undefined; readonly platform: string },
): ChildExit {
  if (inNameOf === undefined) return exit;
  const isOurs = platform === "win32"
    ? "code" in exit && exit.code === ENDED_WINDOWS
    : "signal" in exit && exit.signal === "SIGKILL";
  return isOurs ? { signal: inNameOf } : exit;
}

const CONSOLE = new Set(["SIGINT", "SIGBREAK", "SIGHUP"]);
/** What Windows ends a process with that its console interrupts: STATUS_CONTROL_C_EXIT. */
const INTERRUPTED_WINDOWS = 0xc000013a;

/** The exit code that stands for an exit; for a signal what a shell makes of it, 128 and its number. Pure. */
export function exitCodeOf(exit: ChildExit, platform: string): number {
  if ("code" in exit) return exit.code;
  if ("signal" in exit && platform === "win32" && CONSOLE.has(exit.signal)) return INTERRUPTED_WINDOWS;
  if ("signal" in exit) return 128 + (constants.signals[exit.signal as NodeJS.Signals] ?? 0);
  return exit.failed === "not found" ? 127 : 126;
}
