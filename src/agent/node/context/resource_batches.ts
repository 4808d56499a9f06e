/** Follows contexts on Node up to 22 by beginnings alone. */
import { AsyncResource, executionAsyncResource } from "node:async_hooks";
import type { Execution } from "../../execution.ts";
import { running } from "../../ledger.ts";
import { openOf } from "../../connection_owners.ts";
import type { Following } from "./following.ts";
import { enableWithoutPromises } from "./hooks_without_promises.ts";
import { followReactions } from "./reactions.ts";
import { accountById, accountOf, init, markCurrent, markLogged, promiseHook } from "./resources.ts";

/** Starts it. */
export function followResourceBatches(execution: Execution): Following {
  let areEndsTold = false;
  const hook = enableWithoutPromises({ init, before });
  const stops = [
    () => void hook.disable(),
    followReactions(execution, accountOf, { init: promiseHook(), first: markLogged }),
  ];

  function before(asyncId: number): void {
    markLogged();
    const known = accountById(asyncId);
    if (known !== undefined) return execution.callbackBegins(known);
    const resource = executionAsyncResource();
    const context = accountOf(resource);
    if (!(resource instanceof AsyncResource)) return execution.callbackBegins(context);
    // `AsyncResource.runInAsyncScope` calls back within other work, which goes on: where that is another's, its end must be told.
    if (openOf(context) === running()) return;
    if (!areEndsTold) tellEnds();
    execution.scopeBegins(asyncId, context);
  }

  function tellEnds(): void {
    areEndsTold = true;
    const ends = enableWithoutPromises({
      after(asyncId) {
        markLogged();
        execution.scopeEnds(asyncId);
      },
    });
    stops.push(() => void ends.disable());
  }

  return {
    enter(account, since) {
      markLogged();
      markCurrent(account);
      execution.requestBegins(account, since);
    },
    notice: () => execution.callbackBegins(null),
    stop() {
      for (const stop of stops) stop();
      markLogged();
    },
  };
}
