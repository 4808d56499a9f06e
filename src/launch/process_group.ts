/** Who else is in our process group: the system tells programs, but not JavaScript. */
import { spawnSync } from "node:child_process";
import process from "node:process";

/** Whether a process is in our process group; false where the system does not say. */
export function isInOurGroup(pid: number): boolean {
  const ids = [process.pid, pid].join();
  const { stdout } = spawnSync("ps", ["-o", "pgid=", "-p", ids], { encoding: "utf8", stdio: "pipe" });
  const groups = (stdout ?? "").split("\n").map((it) => it.trim()).filter((it) => it !== "");
  return groups.length === 2 && groups[0] === groups[1];
}
