/** Follows contexts on Node up to 22 by beginnings alone. */
import { AsyncResource, executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../../../units.ts";
import { type Account, running } from "../../ledger.ts";
import { onPromiseWatcher } from "./promise_watchers.ts";
import { followReactions } from "./reactions.ts";
import { init, markCurrent, markLogged, ownerById, ownerOf, promiseHook } from "./resources.ts";
import { begin, beginWithin, endWithin, enterBatch } from "./callback_batch.ts";
import { enableWithoutPromises } from "./hooks_without_promises.ts";

let areEndsTold = false;

let stops: (() => void)[] = [];

/** Starts following contexts. `giveUp` is called when there is somebody who would see the promises that this takes. */
export function follow(giveUp: () => void): void {
  const hook = enableWithoutPromises({ init, before });
  stops = [() => void hook.disable(), followReactions(ownerOf, { init: promiseHook(), first: markLogged })];
  stops.push(onPromiseWatcher(giveUp));
}

/** Stops it. */
export function unfollow(): void {
  for (const stop of stops) stop();
  markLogged();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  markLogged();
  markCurrent(account);
  enterBatch(account, since);
}

/** What the agent does when a callback begins that belongs to no request. */
export function notice(): void {
  begin(null);
}

function before(asyncId: number): void {
  markLogged();
  const known = ownerById(asyncId);
  if (known !== undefined) return begin(known);
  const resource = executionAsyncResource();
  const account = ownerOf(resource);
  if (!(resource instanceof AsyncResource)) return begin(account);
  // `AsyncResource.runInAsyncScope` calls back within other work, which goes on: where that is another's, its end must be told.
  if (account === running()) return;
  if (!areEndsTold) tellEnds();
  beginWithin(asyncId, account);
}

function tellEnds(): void {
  areEndsTold = true;
  const hook = enableWithoutPromises({
    after(asyncId) {
      markLogged();
      endWithin(asyncId);
    },
  });
  stops.push(() => void hook.disable());
}
