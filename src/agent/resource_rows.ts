/** Follows contexts on Node up to 22 by beginnings alone. */
import { AsyncResource, executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../units.ts";
import { type Account, running } from "./ledger.ts";
import { original } from "./originals.ts";
import { openOf } from "./posts.ts";
import { onPromise, onPromiseWatcher } from "./promise_watchers.ts";
import { init, markCurrent, ownerById, ownerOf, promiseInit } from "./resources.ts";
import { begin, endRow, enterRow, goOn, tellEndsBy } from "./rows.ts";
import { enableSparing } from "./sparing_promises.ts";
import { turnToReaction } from "./turns.ts";

/** Its reaction comes at the end of the row. */
let ending: Promise<unknown> | undefined;

/** Work within other work whose end is awaited, innermost last: its async id, and who goes on then. */
const within: { readonly asyncId: number; readonly outer: Account | null }[] = [];
let areEndsTold = false;

let stops: (() => void)[] = [];

/** Starts following contexts. `giveUp` is called when there is somebody who would see the promises that this takes. */
export function follow(giveUp: () => void): void {
  tellEndsBy(() => ending = original.then.call(original.resolved));
  const hook = enableSparing({ init, before });
  stops = [() => void hook.disable(), onPromise({ init: promiseInit, before: beforeReaction })];
  stops.push(onPromiseWatcher(giveUp));
}

/** Stops it. */
export function unfollow(): void {
  for (const stop of stops) stop();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  markCurrent(account);
  enterRow(account, since);
}

/** What is done for a callback of nobody's. */
export function notice(): void {
  begin(null);
}

function beforeReaction(promise: Promise<unknown>): void {
  if (promise !== ending) return turnToReaction(ownerOf(promise));
  within.length = 0;
  endRow();
}

function before(asyncId: number): void {
  const known = ownerById(asyncId);
  if (known !== undefined) return begin(known);
  const resource = executionAsyncResource();
  const account = ownerOf(resource);
  if (resource instanceof AsyncResource) beginWithin(asyncId, account);
  else begin(account);
}

/** `AsyncResource.runInAsyncScope` calls back within other work, which goes on: where that is another's, its end must be told. */
function beginWithin(asyncId: number, account: Account | null): void {
  const outer = running();
  if (account === outer) return;
  if (!areEndsTold) {
    areEndsTold = true;
    const hook = enableSparing({ after });
    stops.push(() => void hook.disable());
  }
  within.push({ asyncId, outer });
  goOn(account);
}

function after(asyncId: number): void {
  if (within.length === 0 || within.at(-1)!.asyncId !== asyncId) return;
  goOn(openOf(within.pop()!.outer ?? undefined));
}
