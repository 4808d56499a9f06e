/**
 * Follows contexts on Node up to 22: each async resource is marked with the request that made it. That is what
 * `AsyncLocalStorage` does there, with one hook of its own; this does it all in one.
 */
import { AsyncResource, executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../units.ts";
import { type Account, running, switchTo } from "./ledger.ts";
import { mark, markOf } from "./marks.ts";
import { accountAt, openOf } from "./posts.ts";
import { onPromise, onPromiseWatcher } from "./promise_watchers.ts";
import { enableSparing, enableTracking } from "./sparing_promises.ts";
import { endReactions, isAmongReactions, isInside, turnBack, turnTo, turnToReaction } from "./turns.ts";

export { turnToNobody as notice } from "./turns.ts";

let stops: (() => void)[] = [];

/** Starts following contexts: promises by V8's own hooks, until somebody else has async hooks told of them, who then tell us too. */
export function follow(): void {
  const hook = enableSparing({ init, before: beforeCallback, after: turnBack });
  stops = [() => void hook.disable(), onPromise({ init: promiseInit, before: beforeReaction })];
  stops.push(onPromiseWatcher(() => {
    const sparing = stops;
    const tracking = enableTracking({ init, before, after });
    stops = [() => void tracking.disable()];
    for (const stop of sparing) stop();
  }));
}

/** Stops it. */
export function unfollow(): void {
  for (const stop of stops) stop();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  mark(executionAsyncResource(), account);
  if (isInside()) switchTo(account, since);
}

function init(_asyncId: number, _type: string, _triggerAsyncId: number, resource: object): void {
  const account = running();
  if (account !== null) mark(resource, account);
}

function promiseInit(promise: Promise<unknown>): void {
  const account = running();
  if (account !== null) mark(promise, account);
}

function beforeReaction(promise: Promise<unknown>): void {
  turnToReaction(openOf(markOf(promise)));
}

function beforeCallback(asyncId: number): void {
  const resource = executionAsyncResource();
  // `AsyncResource.runInAsyncScope` calls back within other work, which goes on.
  if (isAmongReactions() && !(resource instanceof AsyncResource)) endReactions();
  turnToOwnerOf(resource, asyncId);
}

/** The async id of the promise whose reaction runs; 0 if none does. */
let reaction = 0;

/** Where async hooks are told of promises, as they are of all else. */
function before(asyncId: number): void {
  const resource = executionAsyncResource();
  if (resource instanceof Promise) {
    reaction = asyncId;
    return turnToReaction(openOf(markOf(resource)));
  }
  if (reaction === 0 && isAmongReactions()) endReactions();
  turnToOwnerOf(resource, asyncId);
}

function after(asyncId: number): void {
  if (asyncId === reaction) reaction = 0;
  else turnBack();
}

function turnToOwnerOf(resource: object, asyncId: number): void {
  const account = openOf(markOf(resource));
  if (account !== null) return turnTo(account);
  const onConnection = accountAt(asyncId);
  if (onConnection !== null) mark(resource, onConnection);
  turnTo(onConnection);
}
