/** File systems that a test mounts for itself. */
import { execFileSync } from "node:child_process";
import process from "node:process";

/** Whether this process may mount one: root on Linux, where containers may not forbid it. */
export function canMount(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== "linux") return false;
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
