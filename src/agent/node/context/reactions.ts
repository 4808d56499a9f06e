/** Follows promise reactions by V8's own hooks. A reaction of the agent's own runs after all ticks: it marks the end of a batch (`callback_batch.ts`). */
import type { Account } from "../../ledger.ts";
import { original } from "../../originals.ts";
import { onPromise } from "./promise_watchers.ts";
import { endBatch, tellEndsBy } from "./callback_batch.ts";
import { turnToReaction } from "../../work_stack.ts";

/** Its reaction comes at the end of the batch. */
let ending: Promise<unknown> | undefined;

/**
 * `ownerOf` gives the account of the reaction to a promise that begins; `init` is called with each new promise, and `first` before anything
 * else when a reaction begins. Returns what stops it.
 */
export function followReactions(
  ownerOf: (promise: Promise<unknown>) => Account | null,
  watch?: { init(promise: Promise<unknown>): void; first(): void },
): () => void {
  tellEndsBy(() => ending = original.then.call(original.resolved));
  const before = (promise: Promise<unknown>) => {
    if (promise === ending) endBatch();
    else turnToReaction(ownerOf(promise));
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
