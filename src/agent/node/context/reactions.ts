/** Follows promise reactions by V8's own hooks. A reaction of the agent's own runs after all ticks: it marks the end of a batch. */
import type { Execution } from "../../execution.ts";
import type { Account } from "../../ledger.ts";
import { original } from "../../originals.ts";
import { onPromise } from "./promise_watchers.ts";

/**
 * Lets `execution` hear of batches of callbacks and of reactions. `accountOf` gives the account of the reaction to a promise that begins;
 * `init` is called with each new promise, and `first` before anything else when a reaction begins. Returns what stops it.
 */
export function followReactions(
  execution: Execution,
  accountOf: (promise: Promise<unknown>) => Account | null,
  watch?: { init(promise: Promise<unknown>): void; first(): void },
): () => void {
  /** Its reaction comes at the end of the batch. */
  let ending: Promise<unknown> | undefined;
  execution.listen({ returns: false, askForEnd: () => ending = original.then.call(original.resolved) });
  const before = (promise: Promise<unknown>) => {
    if (promise === ending) execution.batchEnds();
    else execution.reactionBegins(accountOf(promise));
  };
  if (watch === undefined) return onPromise({ before });
  const { init, first } = watch;
  return onPromise({
    init,
    before(promise) {
      first();
      before(promise);
    },
  });
}
