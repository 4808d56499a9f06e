/**
 * Callbacks that neither Deno's async hooks nor its promise hooks tell of.
 *
 * Each is made to tell by itself, without a frame on its stack: it becomes a proxy whose handler has a getter for `apply`
 * that notes whose turn it is, in the context in which the callback runs, and gives no trap, so the callback itself is called.
 */
import { AsyncResource } from "node:async_hooks";
import { can } from "../capabilities.ts";
import type { Contexts } from "./context.ts";
import { nativeQueueMicrotask } from "./microtasks.ts";
import { type DenoNamespace, type Functions, nodeGlobalsOf } from "./runtime.ts";
import { intercept, throughProxy } from "../intercept.ts";
import { running } from "../ledger.ts";

type Callback = (...args: unknown[]) => unknown;

/** A handler without a trap. */
interface NotifyingHandler {
  readonly apply: undefined;
}

/** Gives the global function of this name to `change`, and puts what it gets in its place. */
export type Replace = (name: string, change: (target: unknown) => unknown) => void;

export class Callbacks {
  private readonly runtime: DenoNamespace;
  private contexts: Contexts | undefined;

  /** Gets ready, before the application can take hold of the runtime's functions. */
  constructor(runtime: DenoNamespace) {
    this.runtime = runtime;
    this.watchMicrotasks();
    if (can.tellTimers.probe(runtime)) return;
    const timers = require("node:timers") as Functions;
    const globals = nodeGlobalsOf(runtime);
    this.watchTimers((name, change) => {
      timers[name] = change(timers[name]);
      // What CommonJS programs have for a global, and npm's modules.
      if (globals !== undefined) globals[name] = timers[name];
    });
  }

  /** The same for the globals of modules, which up to 2.6 have timers of their own; only a module can replace them. */
  watchModuleGlobals(replace: Replace): void {
    if (!can.tellTimers.probe(this.runtime)) this.watchTimers(replace);
  }

  /** Starts to follow. */
  follow(contexts: Contexts): void {
    this.contexts = contexts;
    if (!can.tellResources.probe()) this.followResources(contexts);
  }

  /** Neither kind of hook tells of what is queued directly. */
  private watchMicrotasks(): void {
    const handler = notifying(() => this.begins());
    const returns = () => this.contexts!.execution.callbackReturns();
    intercept(globalThis, "queueMicrotask", (target, self, [callback, ...rest]) => {
      if (this.contexts === undefined || typeof callback !== "function") {
        return Reflect.apply(target, self, [callback, ...rest]);
      }
      Reflect.apply(target, self, [notifyingProxy(callback as Callback, handler), ...rest]);
      // Nothing can come between: microtasks run in the order in which they were queued.
      nativeQueueMicrotask(returns);
      return undefined;
    });
  }

  private followResources(contexts: Contexts): void {
    const { execution } = contexts;
    const handler = notifying(() => execution.contextChanged(contexts.account()));
    intercept(AsyncResource.prototype, "runInAsyncScope", (target, self, [callback, ...rest]) => {
      if (typeof callback !== "function") return Reflect.apply(target, self, [callback, ...rest]);
      execution.nestedBegins(running());
      try {
        return Reflect.apply(target, self, [notifyingProxy(callback as Callback, handler), ...rest]);
      } finally {
        execution.callbackReturns();
      }
    });
  }

  /** What stands on top of the event loop: its end is the first microtask after it. */
  private watchTimers(replace: Replace): void {
    const handler = notifying(() => {
      this.begins();
      nativeQueueMicrotask(() => this.contexts!.execution.callbackReturns());
    });
    const watched = (timer: unknown) =>
      throughProxy(timer as Callback, (target, self, [callback, ...rest]) => {
        const isTold = this.contexts !== undefined && typeof callback === "function";
        const given = isTold ? notifyingProxy(callback as Callback, handler) : callback;
        return Reflect.apply(target, self, [given, ...rest]);
      });
    for (const name of ["setTimeout", "setInterval", "setImmediate"]) replace(name, watched);
  }

  private begins(): void {
    const { execution } = this.contexts!;
    execution.nestedBegins(this.contexts!.account());
  }
}

/** A handler that calls `act` when what it stands for is about to be called. */
function notifying(act: () => void): NotifyingHandler {
  return {
    get apply() {
      act();
      return undefined;
    },
  };
}

/** `callback`, telling when it is called. */
function notifyingProxy(callback: Callback, handler: NotifyingHandler): Callback {
  return new Proxy(callback, handler as unknown as ProxyHandler<Callback>);
}
