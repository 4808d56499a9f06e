/** Others in this process that would see a promise of ours. */
import { createHook } from "node:async_hooks";
import * as v8 from "node:v8";
import { observe } from "./observed.ts";
import { arePromisesTracked } from "./sparing_promises.ts";

/** The hooks of `node:v8`. https://nodejs.org/api/v8.html#promise-hooks */
const PROMISE_HOOKS = ["createHook", "onInit", "onBefore", "onAfter", "onSettled"];

/** `act` is called before anybody else watches the promises of this thread: at once, if somebody does. */
export function onPromiseWatcher(act: () => void): void {
  const restores: (() => void)[] = [];
  const found = () => {
    for (const restore of restores.splice(0)) restore();
    act();
  };
  if (arePromisesTracked()) return found();
  const AsyncHook = createHook({}).constructor;
  restores.push(observe(AsyncHook.prototype, "enable", found));
  for (const name of PROMISE_HOOKS) restores.push(observe(v8.promiseHooks, name, found));
}
