/** Async hooks that leave promises alone, on Node 24.12 and 25.2 and newer. */
import { createHook, type HookCallbacks } from "node:async_hooks";

/**
 * Async hooks give each promise ids, for everybody to see, and cost twice what V8's own promise hooks do, for which a
 * store is right where it is kept in frames.
 */
export const SPARING_PROMISES = { trackPromises: false } as HookCallbacks;

/** Whether this Node knows them: only then does it look at the option. */
export function canSparePromises(): boolean {
  try {
    createHook({ trackPromises: "?" } as unknown as HookCallbacks);
    return false;
  } catch {
    return true;
  }
}
