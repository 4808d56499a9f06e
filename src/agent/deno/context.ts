/**
 * Follows the current request through callbacks and promises, on Deno.
 *
 * `createHook` tells of timers, ticks and handles, the promise hooks of all that goes through promises; in both the store
 * is that of the work that is about to run, with the exceptions that `callbacks.ts` takes care of.
 */
import { type AsyncHook, AsyncLocalStorage, createHook } from "node:async_hooks";
import * as v8 from "node:v8";
import { nativeQueueMicrotask } from "./callbacks.ts";
import { type Core, coreOf, deno } from "./runtime.ts";
import { can } from "../capabilities.ts";
import { type Account, switchTo } from "../ledger.ts";
import { accountAt, openOf, ownerOfContext } from "../connection_owners.ts";
import { isInside, lookForEnd, lookForEndsBy, turnBack, turnTo, turnToReaction } from "../work_stack.ts";

/** What follows a handler's end in the runtime: it belongs to the request once its response is known. */
export class AfterResponse {
  readonly account: Account;
  hasBegun: boolean;

  constructor(account: Account, hasBegun: boolean) {
    this.account = account;
    this.hasBegun = hasBegun;
  }
}

/** As it was before the application could replace it. */
const { then } = Promise.prototype as { then(this: Promise<void>): Promise<void> };

type Stored = Account | AfterResponse;

type BeforeReaction = (promise: Promise<unknown>) => void;
interface PromiseHooks {
  onBefore(before: BeforeReaction): () => void;
}

/** Where the present context keeps to whom it belongs. */
type Slot = Pick<AsyncLocalStorage<Stored | undefined>, "getStore" | "enterWith">;

let storage: Slot | undefined;
let hook: AsyncHook | undefined;
let isFollowing = false;

/** What the core takes for a context: an object with a property for each variable. */
const KEY = Symbol("profsrv");
class Context {
  readonly [KEY]: Stored | undefined;

  constructor(stored: Stored | undefined) {
    this[KEY] = stored;
  }
}

/** An `AsyncLocalStorage` of 10 ns in place of 400, where the application has none of its own. */
class CoreSlot implements Slot {
  private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  getStore(): Stored | undefined {
    return (this.core.getAsyncContext() as Context | undefined)?.[KEY];
  }

  enterWith(stored: Stored | undefined): void {
    const present = this.core.getAsyncContext();
    const isOurs = present === undefined || present === null || present instanceof Context;
    this.core.setAsyncContext(isOurs ? new Context(stored) : { ...present, [KEY]: stored });
  }
}

/** In which context things were made that the hooks announce in another one, by async id. */
const made = new Map<number, Stored>();

/** Announced in their own context. */
const IN_CONTEXT = new Set(["Timeout", "TickObject", "PROMISE"]);

/** Starts following contexts. */
export function followContexts(): void {
  const core = coreOf(deno!);
  storage = core === undefined ? new AsyncLocalStorage() : new CoreSlot(core);
  isFollowing = true;
  if (!can.tellTimers.probe(deno!)) IN_CONTEXT.delete("TickObject");
  hook = createHook({ init, before, after, destroy }).enable();
  lookForEndsBy(queueLook);
  followPromises(beforeReaction);
}

/** Stops it: what runs from here on belongs to nobody. */
export function unfollowContexts(): void {
  hook?.disable();
  isFollowing = false;
}

/**
 * A reaction of the agent's own, which the hook reports like any other. `queueMicrotask` would cost a third, but the first call of
 * Deno 2.9's own function replaces the global.
 */
let look: Promise<void> | undefined;
const resolved = Promise.resolve();

function queueLook(): void {
  look = then.call(resolved);
}

function beforeReaction(promise: Promise<unknown>): void {
  if (promise === look) lookForEnd();
  else turnToReaction(owner());
}

/** By the core's own hooks: those of `node:v8` are four, whatever is asked for, and each calls all that were ever set. */
function followPromises(before: BeforeReaction): void {
  const core = coreOf(deno!);
  if (core !== undefined) core.setPromiseHooks(undefined, before, undefined, undefined);
  else (v8 as unknown as { promiseHooks?: PromiseHooks }).promiseHooks?.onBefore(before);
}

function init(asyncId: number, type: string): void {
  if (IN_CONTEXT.has(type)) return;
  const stored = storage!.getStore();
  if (stored !== undefined && ownerOf(stored, openOf) !== null) made.set(asyncId, stored);
}

function destroy(asyncId: number): void {
  made.delete(asyncId);
}

function before(asyncId: number): void {
  const own = made.size === 0 ? null : ownerOf(made.get(asyncId));
  const account = own ?? owner() ?? accountAt(asyncId);
  if (account !== null && account !== owner()) storage!.enterWith(account);
  turnTo(account);
}

function after(): void {
  turnBack();
  // Deno's handles do not put the context back after their callbacks.
  if (!isInside() && storage!.getStore() !== undefined) storage!.enterWith(undefined);
}

/** The request that the present context belongs to. */
export function owner(): Account | null {
  return isFollowing ? ownerOf(storage!.getStore()) : null;
}

function ownerOf(stored: Stored | undefined, find = ownerOfContext): Account | null {
  if (stored === undefined) return null;
  if (stored instanceof AfterResponse && !stored.hasBegun) return null;
  return find(stored instanceof AfterResponse ? stored.account : stored);
}

/** The context from here on, until the present piece of work ends, and in all that it starts. */
export function enter(stored: Stored | undefined): void {
  storage!.enterWith(stored);
}

/** The rest of the current callback, and all that it starts, belongs to `account`. */
export function enterHere(account: Account): void {
  storage!.enterWith(account);
  if (isInside()) return switchTo(account);
  // A callback that nothing announced: its end is the first microtask, and that takes the context away, too.
  turnTo(account);
  nativeQueueMicrotask(turnBack);
}
