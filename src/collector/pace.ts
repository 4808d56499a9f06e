/**
 * Work beside a server on the same cores: a little of it, then a pause. Whoever works without one is given a core for 3 or 4 ms
 * at a time, however low its priority, and the server's requests wait for that long.
 */
import type { Milliseconds } from "../units.ts";

/** A bit of work takes this long, */
const BURST: Milliseconds = 0.5;
/** and a pause this long. */
const PAUSE: Milliseconds = 1;
/** Where there is more to do all the time, for this long, it is done with hardly a pause. */
const PATIENCE: Milliseconds = 1000;
const LONG_BURST: Milliseconds = 20;
/** How often to look whether there is something to do. */
const POLL: Milliseconds = 50;

/** Work that goes on. */
export interface Paced {
  /** Does all that there is to do, at once. */
  catchUp(): void;
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
    const isBehind = at - since > PATIENCE;
    const until = at + (isBehind ? LONG_BURST : BURST);
    while (pass !== undefined && performance.now() < until) if (pass.next().done) pass = undefined;
    timer = setTimeout(next, pass === undefined ? POLL : isBehind ? 0 : PAUSE);
  }

  return {
    catchUp() {
      for (const each of [pass, work()]) while (each !== undefined && !each.next().done);
      pass = undefined;
    },
    stop: () => clearTimeout(timer),
  };
}
