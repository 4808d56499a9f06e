/** Errors that end no process, for the application listens for `uncaughtException`: the request that threw may have no answer. */
import process from "node:process";
import type { Execution } from "../execution.ts";
import { guarded } from "../guarded.ts";
import { intercept } from "../intercept.ts";
import { ranLast, running } from "../ledger.ts";
import { holderOf, overtakeFailed } from "../turns.ts";

/**
 * Node looks `process._fatalException` up for each error that nothing has caught, those of rejected promises included, and it says
 * whether a listener took it (lib/internal/process/execution.js, unchanged from 18 to 26).
 */
export function watchCaughtErrors(execution: Pick<Execution, "hasJustEnded">): void {
  const overtake = guarded(overtakeFailed);
  intercept(process, "_fatalException", (target, self, args) => {
    // Node deals with rejected promises when all reactions have run, and then no request runs any more.
    const thrower = running() ?? (args[1] === true && execution.hasJustEnded ? holderOf(ranLast()) : null);
    const isTaken = Reflect.apply(target, self, args);
    if (isTaken === true) overtake(thrower);
    return isTaken;
  });
}
