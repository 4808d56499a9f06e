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

/** What Node carries along as a context: a map from storages, in a class with access to the present one. */
type Frame = Context | Map<unknown, Account>;
interface Frames {
  current(): Frame | undefined;
  set(frame: Frame | undefined): void;
}

/**
 * A context that holds a request and nothing else, for where the application has nothing in it: made and looked up at a tenth
 * of the cost of a map. To Node, which copies and asks those that it finds, it is like one of its own.
 */
class Context {
  readonly account: Account;

  constructor(account: Account) {
    this.account = account;
  }

  has(key: unknown): boolean {
    return key === storage;
  }

  get(key: unknown): Account | undefined {
    return key === storage ? this.account : undefined;
  }

  [Symbol.iterator](): Iterator<[unknown, Account]> {
    return ([[storage, this.account]] as [unknown, Account][]).values();
  }

  /** `AsyncLocalStorage.disable` of the application's, which has nothing here. */
  disable(): void {}
}

let storage: AsyncLocalStorage<Account>;
let frames: Frames;
let frameSymbol: symbol;
let hook: AsyncHook | undefined;
let stopPromises: ReturnType<typeof v8.promiseHooks.onBefore> | undefined;

/** Starts following contexts; false if this Node has no frames. */
export function follow(): boolean {
  storage = new AsyncLocalStorage();
  const found = findFrames();
  if (found === undefined) {
    storage.disable();
    return false;
  }
  ({ frames, symbol: frameSymbol } = found);
  const callbacks = { before, after: turnBack };
  const isSparing = canSparePromises();
  hook = createHook(isSparing ? { ...callbacks, ...SPARING_PROMISES } : callbacks).enable();
  if (isSparing) {
    stopPromises = v8.promiseHooks.onBefore(() => turnToReaction(ownerIn(frames.current())));
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
  const present = frames.current();
  if (present === undefined || present instanceof Context) frames.set(new Context(account));
  else storage.enterWith(account);
}

/** The request that a context belongs to. */
function ownerIn(frame: Frame | undefined): Account | null {
  if (frame === undefined) return null;
  return openOf(frame instanceof Context ? frame.account : frame.get(storage));
}

/** The class of frames, and the symbol under which an `AsyncResource` has its own. */
function findFrames(): { frames: Frames; symbol: symbol } | undefined {
  const before = new AsyncResource("profsrv");
  const inside = storage.run({ seq: 0, runTime: 0, closed: true }, () => new AsyncResource("profsrv"));
  const symbol = Object.getOwnPropertySymbols(inside).find((it) => it.description === "context_frame");
  const frames: Frames | undefined = symbol && Reflect.get(inside, symbol)?.constructor;
  if (symbol === undefined || frames === undefined) return undefined;
  // `run` has left a map that says that there is nothing.
  frames.set(Reflect.get(before, symbol));
  return { frames, symbol };
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
    if (frame !== undefined) return turnTo(ownerIn(frame));
    if (isAmongReactions()) endReactions();
  }
  const account = ownerIn(frames.current());
  if (account !== null) return turnTo(account);
  const onConnection = accountAt(asyncId);
  if (onConnection !== null) keep(onConnection);
  turnTo(onConnection);
}

/**
 * `AsyncResource.runInAsyncScope` calls back within other work, whose frame is still set then: this resource has its own.
 * Undefined for all else.
 */
function ownFrame(): Frame | undefined {
  return (executionAsyncResource() as Record<symbol, Frame | undefined>)[frameSymbol];
}
