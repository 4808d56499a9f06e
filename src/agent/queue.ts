/** How long a request may have lain in its socket while the event loop was held: since the long stretch before it began. */
import type { Microseconds } from "../units.ts";
import { busyTimeAt, type LongStretch, onLongStretch } from "./ledger.ts";
import { original } from "./originals.ts";

/** A long stretch, and how things stood at its end. */
interface Hold extends LongStretch {
  /** Iterations of the event loop so far; undefined where they are not told: Node before 20.18 and Deno. */
  readonly iteration: number | undefined;
  /** How long the event loop has slept so far; always 0 on Deno. */
  readonly slept: number;
}

/** Where iterations are not told: so long after a stretch, and with so little rest, the loop has hardly looked for requests twice since. */
const AT_ONCE: Microseconds = 5000;
const LITTLE_REST: Microseconds = 200;

/** The last, and the one before it if that is close. */
let last: Hold | undefined;
let before: Hold | undefined;

/** Starts to note long stretches. */
export function watchQueue(): void {
  onLongStretch((stretch) => {
    before = last;
    last = { ...stretch, iteration: original.iteration(), slept: original.idleTime() };
  });
}

/** For a request that is read at the present instant: so long at most it has waited to be. */
export function queuedAt(at: Microseconds): Microseconds {
  if (last === undefined) return 0;
  const present = { at, iteration: original.iteration(), slept: original.idleTime() };
  if (!mayWaitFor(last, present)) {
    last = before = undefined;
    return 0;
  }
  const first = before !== undefined && mayWaitFor(before, present) ? before : last;
  return at - first.startAt;
}

/**
 * What arrives during an iteration of the event loop is found at once by the next, and read there or, on a new connection, in the one
 * after. One that sleeps before it finds a request has found none at first.
 */
function mayWaitFor(
  hold: Hold,
  { at, iteration, slept }: { at: Microseconds; iteration: number | undefined; slept: number },
): boolean {
  if (iteration !== undefined && hold.iteration !== undefined) {
    return hold.iteration === iteration || (hold.iteration >= iteration - 2 && hold.slept === slept);
  }
  const rest = at - hold.endAt - (busyTimeAt(at) - hold.busyTime);
  const isRest = original.tellsSleep ? hold.slept !== slept : rest > LITTLE_REST;
  return !isRest && at - hold.endAt <= AT_ONCE;
}
