/**
 * Whose async resources are, on Node up to 22: each is marked with the request that made it, which is what `AsyncLocalStorage`
 * does there with one hook of its own.
 */
import { executionAsyncId, executionAsyncResource } from "node:async_hooks";
import { type Account, running } from "../../ledger.ts";
import { mark, markNew, markOf } from "./marks.ts";
import { can } from "../../capabilities.ts";
import { makePromiseLog, type PromiseLog } from "./promise_log.ts";
import { ownerAt } from "../../connection_owners.ts";
import { putTick, takeTick } from "./ticks.ts";

/** Async hooks' `init`: all that a request starts is its. */
export function init(asyncId: number, type: string, _triggerAsyncId: number, resource: object): void {
  const account = running();
  if (type === "TickObject" && putTick(asyncId, account)) return;
  if (account !== null) mark(resource, account);
}

/** The same for a promise, by V8's own hooks. */
function promiseInit(promise: Promise<unknown>): void {
  const account = running();
  if (account !== null) markNew(promise, account);
}

/** Promises that wait to be marked, where a hook must not mark them. */
let log: PromiseLog | undefined;

/** The hook that sees to it that each new promise will have been marked when `markLogged` has returned. */
export function promiseHook(): (promise: Promise<unknown>) => void {
  if (can.surviveHooksWithoutStack.probe()) return promiseInit;
  try {
    log = makePromiseLog();
    return log.put;
  } catch {
    return promiseInit;
  }
}

/** To be called before another request runs: new promises are those of the one that has run so far. */
export function markLogged(): void {
  const count = log === undefined ? 0 : log.count();
  if (count === 0) return;
  const account = running();
  if (account !== null) { for (let index = 0; index < count; index++) markNew(log!.at(index), account); }
  log!.clear();
}

/** The account that the reaction to this promise is for, or the callback of this resource. */
export function accountOf(resource: object): Account | null {
  return markOf(resource) ?? null;
}

/** The callback that runs, and what is called back for its resource, is `account`'s. */
export function markCurrent(account: Account): void {
  // To ask for the resource takes longer.
  if (ownerAt(executionAsyncId()) === undefined) mark(executionAsyncResource(), account);
}

/** The account that the callback with this async id is for, which begins, where that is known without its resource. */
export function accountById(asyncId: number): Account | null | undefined {
  const onTick = takeTick(asyncId);
  return onTick === undefined ? ownerAt(asyncId)?.account : onTick;
}
