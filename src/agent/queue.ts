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

/**
 * Where iterations are not told: so long after a stretch, or as long as that was, and with so little rest, the loop has hardly looked for
 * requests twice since.
 */
const AT_ONCE: Microseconds = 5000;
const LITTLE_REST: Microseconds = 200;

/** The last ones, the newest first: without a rest between them a request may have waited for several. */
const holds: Hold[] = [];
const MOST_HOLDS = 8;

/** Starts to note long stretches. */
export function watchQueue(): void {
  onLongStretch((stretch) => {
    if (holds.length === MOST_HOLDS) holds.pop();
    holds.unshift({ ...stretch, iteration: original.iteration(), slept: original.idleTime() });
  });
}

/** For a request that is read at the present instant: so long at most it has waited to be. */
export function queuedAt(at: Microseconds): Microseconds {
  if (holds.length === 0) return 0;
  const iteration = original.iteration();
  let kept = 0;
  while (kept < holds.length && mayWaitFor(holds[kept]!, at, iteration)) kept++;
  holds.length = kept;
  return kept === 0 ? 0 : at - holds[kept - 1]!.startAt;
}

/**
 * What arrives during an iteration of the event loop is found at once by the next, and read there or, on a new connection, in the one
 * after. One that sleeps before it finds a request has found none at first.
 */
function mayWaitFor(hold: Hold, at: Microseconds, iteration: number | undefined): boolean {
  if (iteration !== undefined && hold.iteration !== undefined) {
    return hold.iteration === iteration ||
      (hold.iteration >= iteration - 2 && hold.slept === original.idleTime());
  }
  const rest = at - hold.endAt - (busyTimeAt(at) - hold.busyTime);
  const isRest = original.tellsSleep ? hold.slept !== original.idleTime() : rest > LITTLE_REST;
  return !isRest && at - hold.endAt <= Math.max(AT_ONCE, hold.endAt - hold.startAt);
}
