/** The memory of processes, on Linux. */
import { readFile } from "node:fs/promises";

/** Resident memory of a process in MiB. */
export async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
