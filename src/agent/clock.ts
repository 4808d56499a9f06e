/** The agent's clock and how V8's clock relates to it. Both are monotonic and run at the same speed. */
import type { Microseconds } from "../units.ts";
import { original } from "./originals.ts";

/** Now, in microseconds of the agent's own clock (zero: the process's time origin). */
export function now(): Microseconds {
  return original.now() * 1000;
}

/** Now, in whole microseconds of the system's monotonic clock, which is V8's on Node. */
export function hrtime(): Microseconds {
  return Number(original.hrtime() / 1000n);
}

/**
 * Where in a bracket V8 takes its time: near the beginning, for it goes on to walk the stack. With the middle (0.5), 0.1 to 0.4 %
 * of the samples of a server full of switches were wrong on Deno, up to 0.05 % on Node; with 0.9 none of 8,000 was, on any.
 */
const READ_AT = 0.9;

/**
 * Finds `offset = V8's clock - agent's clock` from brackets: V8 took a window's `startTime` between two readings of
 * ours, so each window bounds the offset from both sides, and the intersection of all bounds is soon 10 to 20
 * microseconds wide.
 */
export class ClockOffset {
  private low = -Infinity;
  private high = Infinity;

  /** V8 read `v8At` on its clock after we read `before` and before we read `after` on ours. */
  learn(bounds: { v8At: Microseconds; before: Microseconds; after: Microseconds }): void {
    const low = Math.max(this.low, bounds.v8At - bounds.after);
    // V8 cuts its time off to whole microseconds, so the true instant is up to 1 us later.
    const high = Math.min(this.high, bounds.v8At + 1 - bounds.before);
    if (low <= high) {
      this.low = low;
      this.high = high;
    } else {
      // The clocks drifted apart (a suspended machine): believe the newest window alone.
      this.low = bounds.v8At - bounds.after;
      this.high = bounds.v8At + 1 - bounds.before;
    }
  }

  /** Within how much of `value` the offset is. */
  get uncertainty(): Microseconds {
    return READ_AT * (this.high - this.low);
  }

  /** Microseconds to add to our clock to get V8's. Only meaningful after the first `learn`. */
  get value(): Microseconds {
    return this.low + READ_AT * (this.high - this.low);
  }
}
