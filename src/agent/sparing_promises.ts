/** Async hooks that leave promises alone: with them, each promise gets ids, for everybody to see, at twice the cost of V8's own promise hooks. */
import { type AsyncHook, createHook, type HookCallbacks } from "node:async_hooks";
import * as v8 from "node:v8";

const { enable } = createHook({}).constructor.prototype as AsyncHook;

const SPARING = { trackPromises: false } as HookCallbacks;
/** Whether that is so even when somebody else has promises tracked: newer versions of Node 22 and 24 have an option, which only they look at. */
export const canAlwaysSpare = (() => {
  try {
    createHook({ trackPromises: "?" } as unknown as HookCallbacks);
    return false;
  } catch {
    return true;
  }
})();

/** Whether async hooks see the promises of this thread at present. They give each an id. */
export function arePromisesTracked(): boolean {
  return Object.getOwnPropertySymbols(Promise.resolve()).some((it) => it.description === "async_id_symbol");
}

/**
 * Enables async hooks that are told of no promise, as long as nobody else has them tracked. Before there was an option, Node has
 * promises tracked whenever hooks are enabled, by `createHook` of what is `v8.promiseHooks` to everybody else.
 */
export function enableSparing(callbacks: HookCallbacks): AsyncHook {
  if (canAlwaysSpare) return enable.call(createHook({ ...callbacks, ...SPARING }));
  const hook = createHook(callbacks);
  if (arePromisesTracked()) return enable.call(hook);
  const { promiseHooks } = v8;
  const own = Object.getOwnPropertyDescriptor(promiseHooks, "createHook")!;
  Object.defineProperty(promiseHooks, "createHook", { configurable: true, value: () => () => {} });
  enable.call(hook);
  Object.defineProperty(promiseHooks, "createHook", own);
  return hook;
}

/** Enables async hooks that are told of promises, too. */
export function enableTracking(callbacks: HookCallbacks): AsyncHook {
  return enable.call(createHook(callbacks));
}
