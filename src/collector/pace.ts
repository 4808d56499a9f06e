/**
 * Work beside a server on the same cores: a little of it, then a pause. To a process that works without pauses the
 * system gives a core for 3 or 4 ms at a time, however low its priority, and the server's requests wait for that long.
 */
import type { Milliseconds } from "../units.ts";

/** A bit of work takes this long, */
const BURST: Milliseconds = 0.5;
/** and a pause this long. */
const PAUSE: Milliseconds = 1;
/** After so long without an end of the work the pauses become short: just long enough for timers and signals. */
const BEHIND_AFTER: Milliseconds = 1000;
const LONG_BURST: Milliseconds = 20;
/** How often to look whether there is something to do. */
const POLL: Milliseconds = 50;

/** Work that goes on. */
export interface Paced {
  /** Ends the pass that is under way and does one more, with hardly a pause: others have their turn after `LONG_BURST`. */
  catchUp(): Promise<void>;
  /** Leaves it to `catchUp`. */
  stop(): void;
}

/** Does `work` again and again; each step of it should take well under a millisecond. It must not throw. */
export function startPaced(work: () => Iterator<void>): Paced {
  let pass: Iterator<void> | undefined;
  let since: Milliseconds = 0;
  let timer = setTimeout(next, POLL);

  function next(): void {
    const at = performance.now();
    if (pass === undefined) {
      pass = work();
      since = at;
    }
    const isBehind = at - since > BEHIND_AFTER;
    const until = at + (isBehind ? LONG_BURST : BURST);
    while (pass !== undefined && performance.now() < until) if (pass.next().done) pass = undefined;
    timer = setTimeout(next, pass === undefined ? POLL : isBehind ? 0 : PAUSE);
  }

  return {
    async catchUp() {
      if (pass !== undefined) await inBursts(pass);
      pass = undefined;
      await inBursts(work());
    },
    stop: () => clearTimeout(timer),
  };
}

/** Does all of the work, with hardly a pause. */
export async function inBursts(work: Iterator<void>): Promise<void> {
  for (;;) {
    const until = performance.now() + LONG_BURST;
    while (performance.now() < until) if (work.next().done) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
