/** When the window of the profiler that is open is to be turned. */
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";
import { isLedgerFilling } from "./ledger.ts";
import { endedCount } from "./requests.ts";

/** A window is turned when the log of switches is half full, and at this age at the latest, */
const MAX_WINDOW: Microseconds = 1_000_000;
/** or at this one when requests have ended in it, but none within the last tick: people want to see them. */
const MIN_WINDOW: Microseconds = 200_000;
/** Turning windows may take this part of the time: where a turn is dear they are longer, */
const MAX_SHARE = 0.01;
/** up to this. */
const LONGEST_WINDOW: Microseconds = 60_000_000;

export class WindowAge {
  private since: Microseconds = now();
  /** How many requests had ended at the last tick. */
  private endedLast = 0;

  /** A window begins. */
  begin(): void {
    this.since = now();
  }

  /** To be asked at each tick. `endedBefore`: how many requests had ended when it began; `price`: of a turn. */
  isFull(endedBefore: number, price: Microseconds): boolean {
    const ended = endedCount();
    // Whether others are open does not count: an event stream or an upgrade is for as long as a page is.
    const isWanted = ended > endedBefore && ended === this.endedLast;
    this.endedLast = ended;
    if (isLedgerFilling()) return true;
    const enough = Math.max(isWanted ? MIN_WINDOW : MAX_WINDOW, price / MAX_SHARE);
    return now() - this.since >= Math.min(enough, LONGEST_WINDOW);
  }
}
