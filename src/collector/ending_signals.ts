/** Signals that end a process, and since when that is known. */
import type { Milliseconds } from "../units.ts";

/** Takes what the process told: these end it. `isFirst`: nobody has listened yet when a server starts to. */
export function noteEnding(
  since: Map<string, Milliseconds>,
  ending: readonly string[],
  isFirst: boolean,
): void {
  const at = isFirst ? -Infinity : performance.now();
  for (const signal of ending) if (!since.has(signal)) since.set(signal, at);
  for (const signal of [...since.keys()]) if (!ending.includes(signal)) since.delete(signal);
}
