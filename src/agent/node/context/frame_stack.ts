/**
 * Follows contexts on Node 24 and newer by beginnings and ends, where the application watches promises, and would see those of
 * `frame_batches.ts`.
 */
import { executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../../../units.ts";
import { current, type Frame, frameSymbol, keep, ownerIn } from "./frames.ts";
import { type Account, switchTo } from "../../ledger.ts";
import { accountAt } from "../../connection_owners.ts";
import { onPromise } from "./promise_watchers.ts";
import { canLeaveOutPromises, enableTracking, enableWithoutPromises } from "./hooks_without_promises.ts";
import {
  endReactions,
  isAmongReactions,
  isInside,
  tellOutsideEndsBy,
  turnBack,
  turnTo,
  turnToReaction,
} from "../../work_stack.ts";

export { turnToNobody as notice } from "../../work_stack.ts";

let stops: (() => void)[] = [];

/** Starts following contexts. */
export function follow(): void {
  tellOutsideEndsBy(undefined);
  const callbacks = { before, after: turnBack };
  const hook = canLeaveOutPromises ? enableWithoutPromises(callbacks) : enableTracking(callbacks);
  stops = [() => void hook.disable()];
  if (canLeaveOutPromises) stops.push(onPromise({ before: () => turnToReaction(ownerIn(current())) }));
}

/** Stops it. */
export function unfollow(): void {
  for (const stop of stops) stop();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  keep(account);
  if (isInside()) switchTo(account, since);
}

function before(asyncId: number): void {
  if (isInside()) {
    const frame = ownFrame();
    if (frame !== undefined) return turnTo(ownerIn(frame));
    if (isAmongReactions()) endReactions();
  }
  const account = ownerIn(current());
  if (account !== null) return turnTo(account);
  const onConnection = accountAt(asyncId);
  if (onConnection !== null) keep(onConnection);
  turnTo(onConnection);
}

/**
 * `AsyncResource.runInAsyncScope` calls back within other work, whose frame is still set then: this resource has its own.
 * Undefined for all else.
 */
function ownFrame(): Frame | undefined {
  return (executionAsyncResource() as Record<symbol, Frame | undefined>)[frameSymbol];
}
