/**
 * Follows contexts on Node up to 22 by beginnings and ends, promises included, where the application watches promises: then Node
 * has async hooks told of them.
 */
import { executionAsyncResource } from "node:async_hooks";
import type { Execution } from "../../execution.ts";
import type { Following } from "./following.ts";
import { enableTracking } from "./hooks_without_promises.ts";
import { accountById, accountOf, init, markCurrent } from "./resources.ts";

/** Starts it. */
export function followResourceStack(execution: Execution): Following {
  /** The async id of the promise whose reaction runs; 0 if none does. */
  let reaction = 0;
  execution.listen({ returns: true });
  const hook = enableTracking({ init, before, after });

  function before(asyncId: number): void {
    const resource = executionAsyncResource();
    if (resource instanceof Promise) {
      reaction = asyncId;
      return execution.reactionBegins(accountOf(resource));
    }
    const known = accountById(asyncId);
    const context = known === undefined ? accountOf(resource) : known;
    if (reaction === 0) execution.callbackBegins(context);
    else execution.nestedBegins(context);
  }

  function after(asyncId: number): void {
    if (asyncId === reaction) reaction = 0;
    else execution.callbackReturns();
  }

  return {
    enter(account, since) {
      markCurrent(account);
      execution.requestBegins(account, since);
    },
    notice() {
      execution.nestedBegins(null);
      execution.callbackReturns();
    },
    stop: () => void hook.disable(),
  };
}
