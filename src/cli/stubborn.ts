/** What a person is told who interrupts a server again that handles the signal itself. */
import type { ServingProcess } from "../collector/mod.ts";

/**
 * What to say at a second signal of a kind: which process handles it itself and has not ended, and what ends it; undefined
 * if none does. Pure.
 */
export function stubbornText(
  signal: string,
  serving: readonly Pick<ServingProcess, "pid" | "endingSince">[],
  platform: string,
): string | undefined {
  const ends = (pid: number, name: string) =>
    serving.some((it) => it.pid === pid && it.endingSince.has(name));
  const pids = [...new Set(serving.map(({ pid }) => pid))].filter((pid) => !ends(pid, signal));
  if (pids.length === 0) return undefined;
  const list = pids.join(" ");
  const kill = platform === "win32"
    ? `taskkill /F${pids.map((pid) => ` /PID ${pid}`).join("")}`
    : pids.every((pid) => ends(pid, "SIGTERM"))
    ? `kill ${list}`
    : `kill -9 ${list}`;
  const [who, what] = pids.length === 1
    ? [`process ${list} handles ${signal} itself and has`, "it"]
    : [`processes ${list} handle ${signal} themselves and have`, "them"];
  return `${who} not ended; ${kill} ends ${what}`;
}
