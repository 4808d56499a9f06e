/** Our own end: the same as the command's. */
import process from "node:process";
import { type ChildExit, exitCodeOf } from "./child_exit.ts";

/** How long a signal to ourselves may take before we conclude that it does nothing. */
const SIGNAL_TIME = 250;

/**
 * Ends this process as the command ended: with its code, or killed by the same signal. Where that signal does not kill us
 * (as process 1 of a container, on Windows) the code is 128 and the signal's number.
 */
export function exitLike(exit: ChildExit): void {
  const code = exitCodeOf(exit, process.platform);
  if (!("signal" in exit) || process.platform === "win32") process.exit(code);
  process.exitCode = code;
  setTimeout(() => process.exit(code), SIGNAL_TIME);
  try {
    process.removeAllListeners(exit.signal);
    process.kill(process.pid, exit.signal);
  } catch {
    process.exit(code);
  }
}
