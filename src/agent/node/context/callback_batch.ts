/**
 * What the event loop does, on Node: a batch of callbacks, one after another, until it looks for something else to do.
 * The hooks report only where a callback begins, which is where the one before it ended: half the cost of hooks for both. A microtask
 * of the agent's, which runs after all ticks, reports the end of the batch; promise reactions follow it (`work_stack.ts`).
 */
import type { Microseconds } from "../../../units.ts";
import { type Account, endOutside, isOutsideTimed, running, switchTo } from "../../ledger.ts";
import { openOf, ownerOfContext, takeEnded } from "../../connection_owners.ts";
import {
  countTurn,
  endReactions,
  goesOnOutside,
  interruptReactions,
  isAmongReactions,
  leave,
  tellOutsideEndsBy,
  turnOutside,
} from "../../work_stack.ts";

let isBatch = false;
/** The request that came in in this batch: it also gets what belongs to no other, such as Node's clearing up. */
let entered: Account | undefined;
/** Whose context was left within a callback: when that returns they may be over. */
const interrupted = new Set<Account>();
/** Work within other work, innermost last, and who goes on after it. */
const within: { readonly id: number; readonly outer: Account | null }[] = [];
let queueEnd: () => void = () => {};

/** Whenever a batch begins, `queue` is called: it has to make sure that `endBatch` will be. */
export function tellEndsBy(queue: () => void): void {
  queueEnd = queue;
  tellOutsideEndsBy(askForEnd);
}

/** A callback for `next` begins. */
export function begin(next: Account | null): void {
  countTurn();
  if (isAmongReactions()) endReactions();
  leaveCallback();
  const owner = ownerOfContext(next ?? undefined) ?? openOf(entered);
  switchOver(owner);
  noteSource(owner);
}

/** Within a callback, or where it begins, the context became that of `next`. */
export function contextChanged(next: Account | null): void {
  const owner = next ?? openOf(entered);
  if (owner === running()) return noteSource(owner);
  const left = isAmongReactions() ? interruptReactions() : running();
  if (left !== null) interrupted.add(left);
  switchOver(owner);
  noteSource(owner);
}

/** Within a callback other work begins, that of `next`. */
export function beginWithin(id: number, next: Account | null): void {
  within.push({ id, outer: running() });
  contextChanged(next);
}

/** Work ends; what it was within goes on, if it was. */
export function endWithin(id: number): void {
  if (within.length === 0 || within.at(-1)!.id !== id) return;
  contextChanged(openOf(within.pop()!.outer ?? undefined));
}

/** `account` has come in: the rest of the callback (from `since`, a moment ago) is its work. */
export function enterBatch(account: Account, since?: Microseconds): void {
  switchTo(account, since);
  if (isAmongReactions()) return;
  entered = account;
  if (!isBatch) beginBatch();
}

/** All callbacks of the batch have returned. */
export function endBatch(): void {
  isBatch = false;
  entered = undefined;
  within.length = 0;
  if (isAmongReactions()) {
    if (goesOnOutside()) beginBatch();
    return;
  }
  leaveCallback();
  if (running() !== null) switchTo(null);
  endOutside();
}

function switchOver(owner: Account | null): void {
  if (owner === running()) return;
  switchTo(owner);
  if (owner !== null && !isBatch) beginBatch();
}

/** Where no open request's work begins, it may be that of one that has ended. In the batch in which that came in, it is Node's clearing up. */
function noteSource(owner: Account | null): void {
  const ended = takeEnded();
  if (owner !== null) return;
  turnOutside(ended === entered ? null : ended);
  askForEnd();
}

/** Makes sure that the end of the work that is timed will be reported: a batch has an end. */
function askForEnd(): void {
  if (!isBatch && isOutsideTimed()) beginBatch();
}

/** The last callback has returned. */
function leaveCallback(): void {
  const last = running();
  if (last !== null) leave(last);
  if (interrupted.size === 0) return;
  for (const account of interrupted) leave(account);
  interrupted.clear();
}

function beginBatch(): void {
  queueEnd();
  isBatch = true;
}
