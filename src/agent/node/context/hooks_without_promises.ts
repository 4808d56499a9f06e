/** Async hooks that leave promises alone: with them, each promise gets ids, for everybody to see, at twice the cost of V8's own promise hooks. */
import { type AsyncHook, createHook, type HookCallbacks } from "node:async_hooks";
import * as v8 from "node:v8";
import { can } from "../../capabilities.ts";
import { arePromisesWatched, enableHook } from "./promise_watchers.ts";

const NO_PROMISES = can.leaveOutPromises.probe();

/** Whether hooks can leave promises alone even when somebody else has them tracked. */
export const canLeaveOutPromises = NO_PROMISES !== undefined;

/**
 * Enables async hooks that Node does not call for promises, as long as nobody else has them tracked. When an older Node
 * enables a hook it starts to track promises, by `v8.promiseHooks.createHook`; so that one function does nothing at this moment.
 */
export function enableWithoutPromises(callbacks: HookCallbacks): AsyncHook {
  const hook = createHook(callbacks);
  if (NO_PROMISES !== undefined) Reflect.set(hook, NO_PROMISES, true);
  if (NO_PROMISES !== undefined || arePromisesWatched()) return enableHook(hook);
  const { promiseHooks } = v8;
  const own = Object.getOwnPropertyDescriptor(promiseHooks, "createHook")!;
  Object.defineProperty(promiseHooks, "createHook", { configurable: true, value: () => () => {} });
  enableHook(hook);
  Object.defineProperty(promiseHooks, "createHook", own);
  return hook;
}

/** Enables async hooks that Node calls for promises, too. */
export function enableTracking(callbacks: HookCallbacks): AsyncHook {
  return enableHook(createHook(callbacks));
}
