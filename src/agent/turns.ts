/** The stack of pieces of work that the event loop is in: they nest, so each remembers whom to return to. */
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";
import {
  type Account,
  endedSource,
  restTimeAt,
  running,
  switchTo,
  tellSleepBy,
  turnToSource,
} from "./ledger.ts";
import { original } from "./originals.ts";
import { takeEnded } from "./posts.ts";
import { openCount } from "./requests.ts";

const outer: (Account | null)[] = [];

/**
 * Promise reactions run one after another once the callback that settled their promises has returned. Of each it is only
 * told when it begins: that halves the cost. The last one's end is found when the next callback begins, or, where looking at the
 * clock costs more than a microtask, by one that comes after them.
 */
let isDraining = false;
/** How long the event loop had slept when the reactions began. */
let sleptBefore: Microseconds = 0;
/** A reaction has begun since the last look for their end. */
let hasReacted = false;
let queueLook: (() => void) | undefined;

/** Pieces of work and reactions so far. */
let count = 0;

/** Where the event loop does not tell how long it sleeps: time in which it was in turns of nobody's, */
let areOutsideTimed = false;
let outsideTime: Microseconds = 0;
/** and the time without a request when the present one began; negative if there is none. */
let outsideSince: Microseconds = -1;

let whenSettling: (account: Account) => void = () => {};

/** `act` is called with the current request whenever a callback that ran for it returns. */
export function onLeaving(act: (account: Account) => void): void {
  whenSettling = act;
}

/** A callback of `account`'s has returned. */
export function leave(account: Account): void {
  whenSettling(account);
}

/** One more piece of work or reaction was noticed. */
export function countTurn(): void {
  count++;
}

/** A piece of work for `next` begins, or began `at` an instant after the last switch. */
export function turnTo(next: Account | null, at?: Microseconds): void {
  count++;
  const current = running();
  outer.push(current);
  if (next !== current) switchTo(next, at);
  if (next === null) turnOutside(current === null && outer.length === 1 && !isDraining);
}

/** The innermost piece of work ends. */
export function turnBack(): void {
  const current = running();
  if (current !== null) whenSettling(current);
  const next = outer.pop() ?? null;
  const back = next !== null && next.closed ? null : next;
  if (back !== running()) switchTo(back);
  if (outer.length === 0) leaveOutside();
}

/** What is done for a callback of nobody's. */
export function turnToNobody(): void {
  turnTo(null);
  turnBack();
}

/** The end of reactions is looked for by microtasks: `queue` queues one that calls `lookForEnd`. */
export function lookForEndsBy(queue: () => void): void {
  queueLook = queue;
}

/** A promise reaction for `next` begins, and the one before it has ended. */
export function turnToReaction(next: Account | null): void {
  count++;
  hasReacted = true;
  const isFirst = !isDraining && outer.length === 0;
  if (isFirst) {
    isDraining = true;
    if (queueLook === undefined) sleptBefore = slept();
    else queueLook();
  }
  const current = running();
  if (next !== current) {
    switchTo(next);
    if (current !== null) whenSettling(current);
  }
  if (next === null) turnOutside(current === null && isFirst);
}

/** Whether promise reactions run, or have run since the last callback ended. */
export function isAmongReactions(): boolean {
  return isDraining;
}

/** A microtask that was queued when a reaction began runs: if none has begun since, that was the last. */
export function lookForEnd(): void {
  if (!isDraining) return;
  if (!hasReacted) return endReactions();
  hasReacted = false;
  queueLook?.();
}

/** The event loop has turned to a callback: when it last did anything before, all reactions had run. */
export function endReactions(): void {
  const last = interruptReactions();
  if (last !== null) whenSettling(last);
}

/** The same where the context changed: a callback may begin, or the reaction goes on. Gives whose the last reaction was. */
export function interruptReactions(): Account | null {
  isDraining = false;
  const last = running();
  if (last !== null) switchTo(null, queueLook === undefined ? now() - (slept() - sleptBefore) : now());
  if (outer.length === 0) leaveOutside();
  return last;
}

function slept(): Microseconds {
  return original.idleTime() * 1000;
}

/** The event loop tells how long it sleeps: of the time since an instant of the near past it has slept all. */
export function followSleep(): void {
  tellSleepBy((at) => slept() - Math.max(0, now() - at));
}

/** It does not: what it does for nobody is timed while a request waits for it, or where a request started it. */
export function timeOutside(): void {
  areOutsideTimed = true;
  tellSleepBy((at) => {
    const rest = restTimeAt(at);
    return rest - outsideTime - (outsideSince < 0 ? 0 : rest - outsideSince);
  });
}

/** Work of no open request begins, at the top of the event loop or within other work. */
function turnOutside(isOutermost: boolean): void {
  turnToSource(takeEnded());
  if (!areOutsideTimed || !isOutermost) return;
  outsideSince = openCount() > 0 || endedSource() !== null ? restTimeAt(now()) : -1;
}

function leaveOutside(): void {
  turnToSource(null);
  if (outsideSince < 0) return;
  outsideTime += restTimeAt(now()) - outsideSince;
  outsideSince = -1;
}

/** Whether a piece of work is under way that was noticed as such. */
export function isInside(): boolean {
  return isDraining || outer.length > 0;
}

/** How often the event loop was noticed to turn to something. */
export function turnCount(): number {
  return count;
}

/** Called at the top of a timer of ours, where exactly one context is entered: mends a stack that lost its step. */
export function realign(): void {
  if (outer.length > 1) outer.splice(0, outer.length - 1);
  if (outer.length === 1) outer[0] = null;
}
