/** The time between the command's end and ours: what it left in the spool is still being written. */
import type { Collector } from "../collector/mod.ts";
import type { RunTotals } from "../store/entry.ts";
import { type ChildExit, isHarmless } from "../launch/mod.ts";
import type { Reporter } from "./reporter.ts";

/** Silence is fine for this long, then a person wants to know (milliseconds). */
const QUIET_TIME = 1000;
const REPEAT = 5000;
/** Within this time signals are one impatient gesture. */
const GESTURE = 1000;
/** How long a collector that had a failure may take: it may never end. */
const DAMAGED = 5000;
/** How long a collector may take to close the books. */
const CLOSING = 5000;

/** Writes what is left, unless the user gives it up. */
export interface Drain {
  /** Whether it has begun. */
  hasBegun(): boolean;
  /** A signal meanwhile, as Ctrl-C: it only says what is going on; one that comes a second after the first or later gives up the rest. */
  signal(signal: string): void;
  /** Something of ours broke. */
  fail(): void;
  /** The totals, also when the rest was given up; undefined when not even they can be had. Rejects as the collector does. */
  finish(collector: Pick<Collector, "finish" | "giveUp">, exit: ChildExit): Promise<RunTotals | undefined>;
}

/** A drain that has yet to begin. `now` tells milliseconds. */
export function startDrain(reporter: Reporter, now: () => number = Date.now): Drain {
  let begun = false;
  let damaged = false;
  let warnedOn: number | undefined;
  let hasGivenUp = false;
  let giveUp = () => {};
  const givenUp = new Promise<undefined>((resolve) => giveUp = () => resolve(undefined));
  return {
    hasBegun: () => begun,
    signal(signal) {
      if (isHarmless(signal)) return;
      if (warnedOn === undefined) {
        reporter.notice(
          "writing the last profiles; interrupt once more, a second from now, to give up the rest",
        );
        warnedOn = now();
      } else if (now() - warnedOn <= GESTURE) {
        reporter.notice("still writing the last profiles");
      } else if (!hasGivenUp) {
        hasGivenUp = true;
        reporter.error("the profiles not yet written are given up");
        giveUp();
      }
    },
    fail() {
      if (begun && !damaged) setTimeout(giveUp, DAMAGED);
      damaged = true;
    },
    async finish(collector, exit) {
      begun = true;
      if (damaged) setTimeout(giveUp, DAMAGED);
      let closing: ReturnType<typeof setTimeout> | undefined;
      let timer = setTimeout(function tell() {
        reporter.notice("writing the last profiles…");
        timer = setTimeout(tell, REPEAT);
      }, QUIET_TIME);
      try {
        const closed = givenUp.then(() => {
          clearTimeout(timer);
          collector.giveUp();
          return new Promise<undefined>((resolve) => closing = setTimeout(() => resolve(undefined), CLOSING));
        });
        return await Promise.race([collector.finish("failed" in exit ? {} : exit), closed]);
      } finally {
        clearTimeout(timer);
        clearTimeout(closing);
      }
    },
  };
}
