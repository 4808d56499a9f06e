/** Follows contexts on Node 24 and newer, which keeps what an `AsyncLocalStorage` holds in frames. */
import {
  type AsyncHook,
  AsyncLocalStorage,
  AsyncResource,
  createHook,
  executionAsyncResource,
  type HookCallbacks,
} from "node:async_hooks";
import * as v8 from "node:v8";
import type { Account } from "./ledger.ts";
import { accountAt, openOf } from "./posts.ts";
import { endReactions, isAmongReactions, isInside, turnBack, turnTo, turnToReaction } from "./turns.ts";

/**
 * Async hooks give each promise ids, for everybody to see, and cost twice what V8's own promise hooks do, for which a
 * store is right where it is kept in frames.
 */
export const SPARING_PROMISES = { trackPromises: false } as HookCallbacks;

let storage: AsyncLocalStorage<Account>;
let frameSymbol: symbol;
let hook: AsyncHook | undefined;
let stopPromises: ReturnType<typeof v8.promiseHooks.onBefore> | undefined;

/** Starts following contexts; false if this Node has no frames. */
export function follow(): boolean {
  storage = new AsyncLocalStorage();
  const symbol = findFrameSymbol();
  if (symbol === undefined) {
    storage.disable();
    return false;
  }
  frameSymbol = symbol;
  const callbacks = { before, after: turnBack };
  const isSparing = canSparePromises();
  hook = createHook(isSparing ? { ...callbacks, ...SPARING_PROMISES } : callbacks).enable();
  if (isSparing) {
    stopPromises = v8.promiseHooks.onBefore(() => turnToReaction(openOf(storage.getStore())));
  }
  return true;
}

/** Stops it. */
export function unfollow(): void {
  hook?.disable();
  stopPromises?.();
}

/** The present context is that of `account`. */
export function keep(account: Account): void {
  storage.enterWith(account);
}

/** The symbol under which an `AsyncResource` has its frame. */
function findFrameSymbol(): symbol | undefined {
  const resource = storage.run({ seq: 0, runTime: 0, closed: true }, () => new AsyncResource("profsrv"));
  return Object.getOwnPropertySymbols(resource).find((symbol) =>
    symbol.description === "context_frame" && Reflect.get(resource, symbol) !== undefined
  );
}

/** Whether async hooks can leave promises alone (Node 24.12 and 25.2): only then do they look at the option. */
function canSparePromises(): boolean {
  try {
    createHook({ trackPromises: "?" } as unknown as HookCallbacks);
    return false;
  } catch {
    return true;
  }
}

function before(asyncId: number): void {
  if (isInside()) {
    const frame = ownFrame();
    if (frame !== undefined) return turnTo(openOf(frame.get(storage)));
    if (isAmongReactions()) endReactions();
  }
  const account = openOf(storage.getStore());
  if (account !== null) return turnTo(account);
  const onConnection = accountAt(asyncId);
  if (onConnection !== null) keep(onConnection);
  turnTo(onConnection);
}

/**
 * `AsyncResource.runInAsyncScope` calls back within other work, whose frame is still set then: this resource has its own.
 * Undefined for all else.
 */
function ownFrame(): Map<unknown, Account> | undefined {
  return (executionAsyncResource() as Record<symbol, Map<unknown, Account> | undefined>)[frameSymbol];
}
