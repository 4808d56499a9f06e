/** Ends a process of the command by a signal that it may not send to itself, and says that it waits for. */
import { isInOurGroup, RELAYED, type RunningChild } from "../launch/mod.ts";
import type { ProcessIdentity } from "../process_alive.ts";

/** A request for a signal may come from another user's process: only the command gets one, and only one that ends servers. */
export function raiseSignal(child: RunningChild, to: ProcessIdentity, signal: string): void {
  const known = RELAYED.find((it) => it === signal);
  if (known !== undefined && (to.pid === child.pid || isInOurGroup(to.pid))) child.send(to, known);
}
