/**
 * Follows contexts on Node up to 22 by beginnings and ends, promises included, where the application watches promises: then Node
 * has async hooks told of them.
 */
import { executionAsyncResource } from "node:async_hooks";
import type { Microseconds } from "../../../units.ts";
import { type Account, switchTo } from "../../ledger.ts";
import { openOf } from "../../connection_owners.ts";
import { init, markCurrent, ownerById, ownerOf } from "./resources.ts";
import { enableTracking } from "./hooks_without_promises.ts";
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

/** The async id of the promise whose reaction runs; 0 if none does. */
let reaction = 0;

let stop: () => void;

/** Starts following contexts. */
export function follow(): void {
  tellOutsideEndsBy(undefined);
  const hook = enableTracking({ init, before, after });
  stop = () => void hook.disable();
}

/** Stops it. */
export function unfollow(): void {
  stop();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  markCurrent(account);
  if (isInside()) switchTo(account, since);
}

function before(asyncId: number): void {
  const resource = executionAsyncResource();
  if (resource instanceof Promise) {
    reaction = asyncId;
    return turnToReaction(ownerOf(resource));
  }
  if (reaction === 0 && isAmongReactions()) endReactions();
  const known = ownerById(asyncId);
  turnTo(known === undefined ? ownerOf(resource) : openOf(known ?? undefined));
}

function after(asyncId: number): void {
  if (asyncId === reaction) reaction = 0;
  else turnBack();
}
