/**
 * Errors that end no process, for the application listens for `uncaughtException` or `unhandledRejection`: the request that threw may
 * have no answer.
 */
import process from "node:process";
import type { Execution } from "../execution.ts";
import { guarded } from "../guarded.ts";
import { intercept, interceptGiven } from "../intercept.ts";
import { ranLast, running } from "../ledger.ts";
import { holderOf, overtakeFailed, overtakeWhenIdle } from "../turns.ts";

/**
 * Node looks `process._fatalException` up for each error that nothing has caught, those of rejected promises included, and it says
 * whether a listener took it (lib/internal/process/execution.js, unchanged from 18 to 26). It emits `unhandledRejection` before that
 * (lib/internal/process/promises.js).
 */
export function watchCaughtErrors(execution: Pick<Execution, "hasJustEnded">): void {
  /** Node deals with rejected promises when all reactions have run, and then no request runs any more. */
  const rejecter = () => running() ?? (execution.hasJustEnded ? holderOf(ranLast()) : null);
  const overtake = guarded(overtakeFailed);
  intercept(process, "_fatalException", (target, self, args) => {
    const thrower = args[1] === true ? rejecter() : running();
    const isTaken = Reflect.apply(target, self, args);
    if (isTaken === true) overtake(thrower);
    return isTaken;
  });
  watchEmits((emit) => {
    const account = rejecter();
    const isTaken = emit();
    if (isTaken) guarded(overtakeWhenIdle)(account);
    return isTaken;
  });
}

/** `act` is called for each rejection, and emits it. */
function watchEmits(act: (emit: () => unknown) => unknown): void {
  // It has one of its own where a package has given it one, as signal-exit does.
  for (const place of [process, Object.getPrototypeOf(process) as object]) {
    interceptGiven(place, "emit", (target, self, args) => {
      const emit = () => Reflect.apply(target, self, args);
      return self === process && args[0] === "unhandledRejection" ? act(emit) : emit();
    });
  }
}
