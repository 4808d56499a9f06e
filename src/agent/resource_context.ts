/**
 * Follows contexts on Node up to 22: each async resource is marked with the request that made it. That is what
 * `AsyncLocalStorage` does there, with one hook of its own; this does it all in one.
 */
import { type AsyncHook, createHook, executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../units.ts";
import { type Account, running, switchTo } from "./ledger.ts";
import { accountAt, openOf } from "./posts.ts";
import { endReactions, isAmongReactions, isInside, turnBack, turnTo, turnToReaction } from "./turns.ts";

export { turnToNobody as notice } from "./turns.ts";

const REQUEST = Symbol("profsrv.request");

interface Marked {
  [REQUEST]?: Account;
}

let hook: AsyncHook | undefined;

/** The async id of the promise whose reaction runs; 0 if none does. */
let reaction = 0;

function init(_asyncId: number, _type: string, _triggerAsyncId: number, resource: object): void {
  const account = running();
  if (account !== null) (resource as Marked)[REQUEST] = account;
}

function before(asyncId: number): void {
  const resource: object = executionAsyncResource();
  const account = openOf((resource as Marked)[REQUEST]);
  if (resource instanceof Promise) {
    reaction = asyncId;
    return turnToReaction(account);
  }
  if (reaction === 0 && isAmongReactions()) endReactions();
  if (account !== null) return turnTo(account);
  const onConnection = accountAt(asyncId);
  if (onConnection !== null) keep(onConnection);
  turnTo(onConnection);
}

function after(asyncId: number): void {
  if (asyncId === reaction) reaction = 0;
  else turnBack();
}

/** Starts following contexts. */
export function follow(): void {
  hook = createHook({ init, before, after }).enable();
}

/** Stops it. */
export function unfollow(): void {
  hook?.disable();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  keep(account);
  if (isInside()) switchTo(account, since);
}

/** The present context is that of `account`. */
function keep(account: Account): void {
  (executionAsyncResource() as Marked)[REQUEST] = account;
}
