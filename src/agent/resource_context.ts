/**
 * Follows contexts on Node up to 22: each async resource is marked with the request that made it. That is what
 * `AsyncLocalStorage` does there, with one hook of its own; this does it all in one.
 */
import { type AsyncHook, createHook, executionAsyncResource } from "node:async_hooks";
import { type Account, running } from "./ledger.ts";
import { accountAt, openOf } from "./posts.ts";
import { turnBack, turnTo } from "./turns.ts";

const REQUEST = Symbol("profsrv.request");

interface Marked {
  [REQUEST]?: Account;
}

let hook: AsyncHook | undefined;

function init(_asyncId: number, _type: string, _triggerAsyncId: number, resource: object): void {
  const account = running();
  if (account !== null) (resource as Marked)[REQUEST] = account;
}

function before(asyncId: number): void {
  const account = openOf((executionAsyncResource() as Marked)[REQUEST]);
  if (account !== null) return turnTo(account);
  const onConnection = accountAt(asyncId);
  if (onConnection !== null) keep(onConnection);
  turnTo(onConnection);
}

/** Starts following contexts. */
export function follow(): void {
  hook = createHook({ init, before, after: turnBack }).enable();
}

/** Stops it. */
export function unfollow(): void {
  hook?.disable();
}

/** The present context is that of `account`. */
export function keep(account: Account): void {
  (executionAsyncResource() as Marked)[REQUEST] = account;
}
