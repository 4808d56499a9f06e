/** Who else is in our process group: the system tells programs, but not JavaScript. */
import process from "node:process";
import { groupOf } from "../process_alive.ts";

/** Whether a process is in our process group; false where the system does not say. */
export function isInOurGroup(pid: number): boolean {
  const group = groupOf(pid);
  return group !== null && group === groupOf(process.pid);
}
