/**
 * Follows contexts on Node 24 and newer by beginnings and ends, where the application watches promises, and would see those of
 * `frame_rows.ts`.
 */
import { executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../../../units.ts";
import { current, type Frame, frameSymbol, keep, ownerIn } from "./frames.ts";
import { type Account, switchTo } from "../../ledger.ts";
import { accountAt } from "../../posts.ts";
import { onPromise } from "./promise_watchers.ts";
import { canAlwaysSpare, enableSparing, enableTracking } from "./sparing_promises.ts";
import {
  endReactions,
  isAmongReactions,
  isInside,
  tellOutsideEndsBy,
  turnBack,
  turnTo,
  turnToReaction,
} from "../../turns.ts";

export { turnToNobody as notice } from "../../turns.ts";

let stops: (() => void)[] = [];

/** Starts following contexts. */
export function follow(): void {
  tellOutsideEndsBy(undefined);
  const callbacks = { before, after: turnBack };
  const hook = canAlwaysSpare ? enableSparing(callbacks) : enableTracking(callbacks);
  stops = [() => void hook.disable()];
  if (canAlwaysSpare) stops.push(onPromise({ before: () => turnToReaction(ownerIn(current())) }));
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
