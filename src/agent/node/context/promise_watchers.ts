/** Others in this process that watch promises: they would see ours, and Node must go on telling them of theirs. */
import { type AsyncHook, createHook } from "node:async_hooks";
import * as v8 from "node:v8";
import { observe } from "../../observed.ts";

const { prototype } = createHook({}).constructor as { prototype: AsyncHook };

/** The runtime's own; reading these, as of here, is watching. */
const { enable } = prototype;
const { onInit, onBefore, onAfter } = v8.promiseHooks;

/** Enables async hooks. */
export function enableHook(hook: AsyncHook): AsyncHook {
  return enable.call(hook);
}

/** By V8's own hooks, not async hooks; what it returns stops it. https://nodejs.org/api/v8.html#promise-hooks */
export function onPromise(hooks: {
  init?: (promise: Promise<unknown>) => void;
  before: (promise: Promise<unknown>) => void;
  after?: (promise: Promise<unknown>) => void;
}): () => void {
  const stops = [onBefore(hooks.before) as unknown as () => void];
  if (hooks.after !== undefined) stops.push(onAfter(hooks.after) as unknown as () => void);
  if (hooks.init !== undefined) stops.push(onInit(hooks.init) as unknown as () => void);
  return () => {
    for (const stop of stops) stop();
  };
}

let isWatched = false;
let whenWatched: (() => void) | undefined;

/** Starts to look for them, before any code of the application's runs: who watches already can't be found otherwise. */
export function lookForPromiseWatchers(): void {
  const restores: (() => void)[] = [];
  const found = () => {
    for (const restore of restores) restore();
    isWatched = true;
    whenWatched?.();
    whenWatched = undefined;
  };
  restores.push(observe(prototype, "enable", found));
  for (const name of Object.keys(v8.promiseHooks)) restores.push(observe(v8.promiseHooks, name, found));
}

/** Whether there are any. */
export function arePromisesWatched(): boolean {
  return isWatched;
}

/** `act` is called before there are any; not after a call of what this returns. */
export function onPromiseWatcher(act: () => void): () => void {
  whenWatched = act;
  return () => whenWatched = undefined;
}
