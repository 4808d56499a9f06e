/**
 * What a signal would have ended ends by it, even if it computes without a pause.
 *
 * The agent catches a signal that nobody listens for, to write what was measured, and then lets it do what it does. While
 * the event loop is kept busy it cannot; without us the server would be dead by now. So we end it, and say that it
 * was by that signal.
 */
import process from "node:process";
import type { ServingProcess } from "../collector/mod.ts";
import { isInOurGroup, type RunningChild } from "../launch/mod.ts";
import type { Milliseconds } from "../units.ts";
import type { Reporter } from "./reporter.ts";

/** What a server takes at most to write what was measured; less than processes that outlive the command are waited for. */
const GRACE: Milliseconds = 1700;

/** What runs, and who of it serves. */
export interface Servers {
  readonly child: RunningChild;
  readonly reporter: Reporter;
  serving(): ServingProcess[];
}

/** Nobody in it listened for the signal for this long before it came: it cannot be a listener that went with it. */
const SETTLED: Milliseconds = 500;

/** What it told before the signal may reach us this much later. */
const DELAY: Milliseconds = 300;

/**
 * To be called when the command, or with it our whole process group, has got a signal; `at` is when that was, by
 * `performance.now`.
 */
export function afterSignal(
  { signal, isGroup, at }: {
    readonly signal: NodeJS.Signals;
    readonly isGroup: boolean;
    readonly at: Milliseconds;
  },
  { child, reporter, serving }: Servers,
): void {
  // On Windows those below the command have its console. (Who has another, as by `detached`, cannot be told from them.)
  const isWithUs = (pid: number) => process.platform === "win32" || isInOurGroup(pid);
  const hasGot = (pid: number) => pid === child.pid || (isGroup && isWithUs(pid));
  setTimeout(() => {
    const stuck = new Map(
      serving().filter((it) => isStuck(it, signal, at) && hasGot(it.pid)).map((it) => [it.pid, it]),
    );
    for (const [pid, it] of stuck) {
      reporter.notice(
        `process ${pid} computes without a pause; it is ended as ${signal} would have ended it`,
      );
      child.end(it, signal);
    }
  }, GRACE);
}

/** Whether a process should have ended by a signal, and has not even told anything since. Pure. */
export function isStuck(
  { endingSince, heardAt }: Pick<ServingProcess, "endingSince" | "heardAt">,
  signal: string,
  at: Milliseconds,
): boolean {
  return (endingSince.get(signal) ?? Infinity) < at - SETTLED && heardAt < at + DELAY;
}
