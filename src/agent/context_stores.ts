/**
 * SvelteKit keeps what it has matched in an `AsyncLocalStorage` of its own while it answers: on Node 24 and newer that is seen when it
 * sets it. https://svelte.dev/docs/kit/$app-server#getRequestEvent
 */
import { types } from "node:util";
import { runningExchange } from "./requests.ts";

/** So many contexts are looked at in full as long as none had such a storage; then one of so many. */
const MOST_LOOKS = 2000;
const EVERY = 64;

/** What is to be called with each context that the application sets. */
export function watchContextStores(): (context: Iterable<readonly [unknown, unknown]>) => void {
  let storage: unknown;
  let looks = 0;
  const look = (context: Iterable<readonly [unknown, unknown]>) => {
    const exchange = runningExchange();
    if (exchange === undefined || exchange.told?.later !== undefined) return;
    if (storage === undefined && looks++ >= MOST_LOOKS && looks % EVERY !== 0) return;
    for (const [key, store] of context) {
      if (storage !== undefined && key !== storage) continue;
      const event = partOf(store, "event");
      if (partOf(partOf(event, "route"), "id") === undefined) continue;
      storage = key;
      // It is null until the route is found.
      (exchange.told ??= {}).later = () => partOf(partOf(event, "route"), "id");
      return;
    }
  };
  return (context) => {
    try {
      look(context);
    } catch {
      // The application may be at the end of its stack. A route is lost, which is no fault.
    }
  };
}

/** Runs no code of the application's: a property of the object's own that is no accessor. */
function partOf(object: unknown, name: string): unknown {
  if (typeof object !== "object" || object === null || types.isProxy(object)) return undefined;
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}
