/**
 * Follows contexts on Node 24 and newer by beginnings alone. Within a callback the context changes where `AsyncResource` and
 * `AsyncLocalStorage` set it, which is noticed in Node's own class of frames.
 */
import { AsyncResource, executionAsyncResource } from "node:async_hooks";
import type { Execution } from "../../execution.ts";
import { running } from "../../ledger.ts";
import { accountAt, openOf } from "../../connection_owners.ts";
import type { Following } from "./following.ts";
import { watchContextStores } from "../../context_stores.ts";
import { accountIn, current, type Frame, frames, hasOthers, keep } from "./frames.ts";
import { enableWithoutPromises } from "./hooks_without_promises.ts";
import { followReactions } from "./reactions.ts";

/** Starts it. */
export function followFrameBatches(execution: Execution): Following {
  const hook = enableWithoutPromises({ before });
  const stops = [
    () => void hook.disable(),
    followReactions(execution, () => accountIn(current())),
    watchFrames(execution),
  ];

  function before(asyncId: number): void {
    const context = accountIn(current());
    const account = openOf(context);
    // `AsyncResource.runInAsyncScope` calls back within other work, which goes on; the frame that it sets comes next.
    if (account !== null && account === running() && executionAsyncResource() instanceof AsyncResource) {
      return;
    }
    if (account !== null) return execution.callbackBegins(account);
    const onConnection = accountAt(asyncId);
    execution.callbackBegins(onConnection ?? context);
    if (onConnection !== null) keep(onConnection);
  }

  return {
    enter(account, since) {
      execution.requestBegins(account, since);
      keep(account);
    },
    notice: () => execution.callbackBegins(null),
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function watchFrames(execution: Execution): () => void {
  const { set } = frames;
  const owns = (["set", "exchange"] as const).map((key) =>
    [key, Object.getOwnPropertyDescriptor(frames, key)] as const
  );
  const look = watchContextStores();
  frames.set = (frame: Frame | undefined): void => {
    set(frame);
    execution.contextChanged(accountIn(frame));
    if (hasOthers(frame)) look(frame);
  };
  frames.exchange = (frame: Frame | undefined): Frame | undefined => {
    const prior = current();
    set(frame);
    execution.contextChanged(accountIn(frame));
    return prior;
  };
  return () => {
    for (const [key, own] of owns) {
      if (own === undefined) Reflect.deleteProperty(frames, key);
      else Object.defineProperty(frames, key, own);
    }
  };
}
