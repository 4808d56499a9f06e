/**
 * Follows contexts on Node 24 and newer by beginnings and ends, where the application watches promises, and would see those of
 * `frame_batches.ts`.
 */
import { executionAsyncResource } from "node:async_hooks";
import type { Execution } from "../../execution.ts";
import { accountAt, openOf } from "../../connection_owners.ts";
import type { Following } from "./following.ts";
import { accountIn, current, type Frame, frameSymbol, keep } from "./frames.ts";
import { canLeaveOutPromises, enableTracking, enableWithoutPromises } from "./hooks_without_promises.ts";
import { onPromise } from "./promise_watchers.ts";

/** Starts it. */
export function followFrameStack(execution: Execution): Following {
  execution.listen({ returns: true });
  const callbacks = { before, after: () => execution.callbackReturns() };
  const hook = canLeaveOutPromises ? enableWithoutPromises(callbacks) : enableTracking(callbacks);
  const stops: (() => void)[] = [() => void hook.disable()];
  if (canLeaveOutPromises) {
    stops.push(onPromise({
      before: () => execution.nestedBegins(accountIn(current())),
      after: () => execution.callbackReturns(),
    }));
  }

  function before(asyncId: number): void {
    const frame = execution.isInside ? ownFrame() : undefined;
    if (frame !== undefined) return execution.nestedBegins(accountIn(frame));
    const context = accountIn(current());
    if (openOf(context) !== null) return execution.callbackBegins(context);
    const onConnection = accountAt(asyncId);
    if (onConnection !== null) keep(onConnection);
    execution.callbackBegins(onConnection ?? context);
  }

  return {
    enter(account, since) {
      keep(account);
      execution.requestBegins(account, since);
    },
    notice() {
      execution.nestedBegins(null);
      execution.callbackReturns();
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

/**
 * `AsyncResource.runInAsyncScope` calls back within other work, whose frame is still set then: this resource has its own.
 * Undefined for all else.
 */
function ownFrame(): Frame | undefined {
  return (executionAsyncResource() as Record<symbol, Frame | undefined>)[frameSymbol];
}
