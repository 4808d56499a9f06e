/**
 * Follows contexts on Node 24 and newer by beginnings alone. Within a callback the context changes where `AsyncResource` and
 * `AsyncLocalStorage` set it, which is noticed in Node's own class of frames.
 */
import { AsyncResource, executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../../../units.ts";
import { current, type Frame, frames, keep, ownerIn } from "./frames.ts";
import { type Account, running } from "../../ledger.ts";
import { accountAt } from "../../connection_owners.ts";
import { onPromiseWatcher } from "./promise_watchers.ts";
import { followReactions } from "./reactions.ts";
import { begin, contextChanged, enterBatch } from "./callback_batch.ts";
import { enableWithoutPromises } from "./hooks_without_promises.ts";

let stops: (() => void)[] = [];

/** Starts following contexts. `giveUp` is called when there is somebody who would see the promises that this takes. */
export function follow(giveUp: () => void): void {
  const hook = enableWithoutPromises({ before });
  stops = [() => void hook.disable(), followReactions(() => ownerIn(current())), watchFrames()];
  stops.push(onPromiseWatcher(giveUp));
}

/** Stops it. */
export function unfollow(): void {
  for (const stop of stops) stop();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  enterBatch(account, since);
  keep(account);
}

/** What the agent does when a callback begins that belongs to no request. */
export function notice(): void {
  begin(null);
}

function before(asyncId: number): void {
  const account = ownerIn(current());
  // `AsyncResource.runInAsyncScope` calls back within other work, which goes on; the frame that it sets comes next.
  if (account !== null && account === running() && executionAsyncResource() instanceof AsyncResource) return;
  if (account !== null) return begin(account);
  const onConnection = accountAt(asyncId);
  begin(onConnection);
  if (onConnection !== null) keep(onConnection);
}

function watchFrames(): () => void {
  const { set } = frames;
  const owns = (["set", "exchange"] as const).map((key) =>
    [key, Object.getOwnPropertyDescriptor(frames, key)] as const
  );
  frames.set = (frame: Frame | undefined): void => {
    set(frame);
    contextChanged(ownerIn(frame));
  };
  frames.exchange = (frame: Frame | undefined): Frame | undefined => {
    const prior = current();
    set(frame);
    contextChanged(ownerIn(frame));
    return prior;
  };
  return () => {
    for (const [key, own] of owns) {
      if (own === undefined) Reflect.deleteProperty(frames, key);
      else Object.defineProperty(frames, key, own);
    }
  };
}
