/** Whether a process is there, and whether it is still the same. */
import { readFileSync } from "node:fs";
import process from "node:process";

/** Whether a process of this id runs. One that has ended, but that its parent has not noticed yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !ENDED.includes(stateOf(pid)?.[0] ?? "");
}

/**
 * When a process was started, in the system's own counting, which tells it from a later one with the same id; null where
 * the system does not say.
 */
export function birthOf(pid: number): string | null {
  return stateOf(pid)?.[19] ?? null;
}

/** Zombie, dead. */
const ENDED = ["Z", "X"];

/** What Linux tells of a process, from its state on. See proc_pid_stat(5). */
function stateOf(pid: number): string[] | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
