/** Errors that end no process, for the application listens for `uncaughtException`: the request that threw may have no answer. */
import process from "node:process";
import type { Microseconds } from "../../units.ts";
import { now } from "../clock.ts";
import { guarded } from "../guarded.ts";
import { intercept } from "../intercept.ts";
import { type Account, ranLast, running } from "../ledger.ts";
import { holderOf, overtakeFailed } from "../turns.ts";

/** Node deals with rejections right after a callback. */
const RIGHT_AFTER: Microseconds = 1000;

/** The request that has its turn, if its callback has just returned. */
function justRan(): Account | null {
  const { seq, until } = ranLast();
  return now() - until < RIGHT_AFTER ? holderOf(seq) : null;
}

/**
 * Node looks `process._fatalException` up for each error that nothing has caught, those of rejected promises included, and it says
 * whether a listener took it (lib/internal/process/execution.js, unchanged from 18 to 26).
 */
export function watchCaughtErrors(): void {
  const overtake = guarded(overtakeFailed);
  intercept(process, "_fatalException", (target, self, args) => {
    // Up to Node 22 a promise that was rejected in the callback that made it is dealt with when no request runs any more.
    const thrower = running() ?? (args[1] === true ? justRan() : null);
    const isTaken = Reflect.apply(target, self, args);
    if (isTaken === true) overtake(thrower);
    return isTaken;
  });
}
