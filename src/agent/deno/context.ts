/**
 * Follows the current request through callbacks and promises, on Deno.
 *
 * `createHook` tells of timers, ticks and handles, the promise hooks of all that goes through promises; in both the store
 * is that of the work that is about to run, with the exceptions that `callbacks.ts` takes care of.
 */
import { type AsyncHook, AsyncLocalStorage, createHook } from "node:async_hooks";
import * as v8 from "node:v8";
import { nativeQueueMicrotask } from "./microtasks.ts";
import { type Core, coreOf, deno } from "./runtime.ts";
import { can } from "../capabilities.ts";
import { accountAt, openOf } from "../connection_owners.ts";
import type { Execution } from "../execution.ts";
import type { Account } from "../ledger.ts";

/** What follows a handler's end in the runtime: it belongs to the request once its response is known. */
export class AfterResponse {
  readonly account: Account;
  hasBegun: boolean;

  constructor(account: Account, hasBegun: boolean) {
    this.account = account;
    this.hasBegun = hasBegun;
  }
}

/** As they were before the application could replace them. */
const { then } = Promise.prototype as { then(this: Promise<void>): Promise<void> };
const resolved = Promise.resolve();

type Stored = Account | AfterResponse;

type BeforeReaction = (promise: Promise<unknown>) => void;
interface PromiseHooks {
  onBefore(before: BeforeReaction): () => void;
}

/** Where the present context keeps to whom it belongs. */
type Slot = Pick<AsyncLocalStorage<Stored | undefined>, "getStore" | "enterWith">;

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

/** Announced in their own context. */
const IN_CONTEXT: ReadonlySet<string> = new Set(["Timeout", "PROMISE"]);

/** Follows contexts from the moment it is made. */
export class Contexts {
  readonly execution: Execution;
  private readonly storage: Slot;
  private readonly hook: AsyncHook;
  private isFollowing = true;
  /** In which context things were made that the hooks announce in another one, by async id. */
  private readonly made = new Map<number, Stored>();
  /**
   * A reaction of the agent's own, which the hook reports like any other. `queueMicrotask` would cost a third, but the first call of
   * Deno 2.9's own function replaces the global.
   */
  private ending: Promise<void> | undefined;

  constructor(execution: Execution) {
    this.execution = execution;
    const core = coreOf(deno!);
    this.storage = core === undefined ? new AsyncLocalStorage() : new CoreSlot(core);
    const areTicksInContext = can.tellTimers.probe(deno!);
    this.hook = createHook({
      init: (asyncId, type) => {
        if (!IN_CONTEXT.has(type) && !(areTicksInContext && type === "TickObject")) this.noteMade(asyncId);
      },
      before: (asyncId) => this.before(asyncId),
      after: () => this.after(),
      destroy: (asyncId) => void this.made.delete(asyncId),
    }).enable();
    execution.listen({ returns: true, askForEnd: () => this.ending = then.call(resolved) });
    followPromises((promise) => {
      if (promise === this.ending) execution.batchEnds();
      else execution.reactionBegins(this.account());
    });
  }

  /** Stops it: what runs from here on belongs to nobody. */
  stop(): void {
    this.hook.disable();
    this.isFollowing = false;
  }

  /** The account that the present context names. */
  account(): Account | null {
    return this.isFollowing ? accountOf(this.storage.getStore()) : null;
  }

  /** The request that the present context belongs to. */
  owner(): Account | null {
    return openOf(this.account());
  }

  /** The context from here on, until the present piece of work ends, and in all that it starts. */
  enter(stored: Stored | undefined): void {
    this.storage.enterWith(stored);
  }

  /** The rest of the current callback, and all that it starts, belongs to `account`. */
  enterHere(account: Account): void {
    const { execution } = this;
    this.enter(account);
    if (execution.isInside) return execution.requestBegins(account);
    // A callback that nothing announced: its end is the first microtask, and that takes the context away, too.
    execution.nestedBegins(account);
    nativeQueueMicrotask(() => execution.callbackReturns());
  }

  private noteMade(asyncId: number): void {
    const stored = this.storage.getStore();
    if (openOf(accountOf(stored)) !== null) this.made.set(asyncId, stored!);
  }

  private before(asyncId: number): void {
    const own = this.made.size === 0 ? null : accountOf(this.made.get(asyncId));
    const context = this.account();
    const here = openOf(context);
    const account = openOf(own) ?? here ?? accountAt(asyncId);
    if (account !== null && account !== here) this.enter(account);
    this.execution.nestedBegins(account ?? context ?? own);
  }

  private after(): void {
    this.execution.callbackReturns();
    // Deno's handles do not put the context back after their callbacks.
    if (!this.execution.isInside && this.storage.getStore() !== undefined) this.enter(undefined);
  }
}

/** By the core's own hooks: those of `node:v8` are four, whatever is asked for, and each calls all that were ever set. */
function followPromises(before: BeforeReaction): void {
  const core = coreOf(deno!);
  if (core !== undefined) core.setPromiseHooks(undefined, before, undefined, undefined);
  else (v8 as unknown as { promiseHooks?: PromiseHooks }).promiseHooks?.onBefore(before);
}

function accountOf(stored: Stored | undefined): Account | null {
  if (stored === undefined) return null;
  if (!(stored instanceof AfterResponse)) return stored;
  return stored.hasBegun ? stored.account : null;
}
