/** Follows promise reactions by V8's own hooks. One of ours comes after all ticks, and so tells the end of a row (`rows.ts`). */
import type { Account } from "../../ledger.ts";
import { original } from "../../originals.ts";
import { onPromise } from "./promise_watchers.ts";
import { endRow, tellEndsBy } from "./rows.ts";
import { turnToReaction } from "../../turns.ts";

/** Its reaction comes at the end of the row. */
let ending: Promise<unknown> | undefined;

/** `ownerOf` names whose the reaction to a promise is, which begins; `init` is told of each new one. What it returns stops it. */
export function followReactions(
  ownerOf: (promise: Promise<unknown>) => Account | null,
  init?: (promise: Promise<unknown>) => void,
): () => void {
  tellEndsBy(() => ending = original.then.call(original.resolved));
  const before = (promise: Promise<unknown>) => {
    if (promise === ending) endRow();
    else turnToReaction(ownerOf(promise));
  };
  return onPromise(init === undefined ? { before } : { init, before });
}
