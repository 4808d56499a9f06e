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
  execution.listen({ returns: true });
  const hook = enableTracking({ init, before, after });

  function before(asyncId: number): void {
    const resource = executionAsyncResource();
    const known = resource instanceof Promise ? undefined : accountById(asyncId);
    execution.nestedBegins(known === undefined ? accountOf(resource) : known);
  }

  function after(): void {
    execution.callbackReturns();
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
