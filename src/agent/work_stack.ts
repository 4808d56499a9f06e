/** The stack of pieces of work that the event loop is in: they nest, so each remembers whom to return to. */
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";
import {
  type Account,
  beginOutside,
  endOutside,
  forgetOutside,
  isOutsideTimed,
  running,
  switchTo,
} from "./ledger.ts";
import { original } from "./originals.ts";
import { takeEnded } from "./connection_owners.ts";
import { openCount } from "./requests.ts";

const outer: (Account | null)[] = [];

/**
 * Promise reactions run one after another once the callback that settled their promises has returned. Of each it is only
 * told when it begins: that halves the cost. The last one's end is found when the next callback begins, or, where looking at the
 * clock costs more than a microtask, by one that comes after them.
 */
let isDraining = false;
/** How long the event loop had slept when the reactions began: one element, for the same reason as in the ledger. */
const sleptBefore = new Float64Array(1);
/** A reaction has begun since the last look for their end. */
let hasReacted = false;
let queueLook: (() => void) | undefined;
/** Where it does not, nor tells microtasks of callbacks: sees to it that the end of reactions that are timed is told. */
let askForEnd: (() => void) | undefined;

/** Pieces of work and reactions so far. */
let count = 0;

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
  if (next === null) turnOutside(takeEnded());
}

/** The innermost piece of work ends. */
export function turnBack(): void {
  const current = running();
  if (current !== null) whenSettling(current);
  const next = outer.pop() ?? null;
  const back = next !== null && next.closed ? null : next;
  if (back !== running()) switchTo(back);
  if (outer.length === 0 && !isDraining) endOutside();
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

/** The end of reactions of no open request is told by whom `ask` asks, by way of `goesOnOutside`; absent, they are not timed. */
export function tellOutsideEndsBy(ask: (() => void) | undefined): void {
  askForEnd = ask;
}

/** A promise reaction for `next` begins, and the one before it has ended. */
export function turnToReaction(next: Account | null): void {
  count++;
  hasReacted = true;
  if (!isDraining && outer.length === 0) {
    isDraining = true;
    if (queueLook === undefined) sleptBefore[0] = slept();
    else queueLook();
  }
  const current = running();
  if (next !== current) {
    switchTo(next);
    if (current !== null) whenSettling(current);
  }
  if (next === null && (queueLook !== undefined || askForEnd !== undefined)) {
    turnOutside(takeEnded());
    askForEnd?.();
  }
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
  if (last !== null) switchTo(null, queueLook === undefined ? now() - (slept() - sleptBefore[0]!) : now());
  if (outer.length === 0) endOutside();
  return last;
}

function slept(): Microseconds {
  return original.idleTime() * 1000;
}

/** Work of no open request begins. It is timed while a request is in flight, which it holds up, and where one started it. */
export function turnOutside(source: Account | null): void {
  if (openCount() > 0 || source !== null) beginOutside(source);
  else endOutside();
}

/** A reaction has begun since this was asked last: then reactions of no open request, which are timed, may follow. */
export function goesOnOutside(): boolean {
  const goesOn = hasReacted && isOutsideTimed();
  hasReacted = false;
  if (!goesOn) endOutside();
  return goesOn;
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
  if (outer.length > 1) {
    outer.splice(0, outer.length - 1);
    forgetOutside();
  }
  if (outer.length === 1) outer[0] = null;
}
