/**
 * One request at a time: which requests have the turn, and which wait for it, in the order in which they came.
 *
 * A request has its turn until it ends, or until its headers are out if it is an event stream. Beside it begin only requests that
 * it made itself: it may wait for their answers.
 */
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";
import { asked, noteFault } from "./guarded.ts";
import { type Account, runTimeAt } from "./ledger.ts";
import { original } from "./originals.ts";
import { queuedAt } from "./queue.ts";
import { remark, remarkSelfCall } from "./turn_remarks.ts";
import { closeIfOver, endTurn, isRecording, onClosing, OpenRequest, withCameAt } from "./requests.ts";

/** A request that has come in and that the application does not know of yet. */
export interface Waiting {
  /** As in `GET /path`. */
  readonly name: string;
  /** Gives it to the application, after `takeTurn` for it. */
  begin(): void;
  /** Its client has left. */
  isGone(): boolean;
  /** It has ended without having begun. */
  drop(): void;
  /** It has neither begun nor ended, and the recording ends. */
  record(): void;
  /** Called now and then while it waits. */
  lookAfter?(): void;
  /** The request that made it, if that is one of this thread's. */
  caller(): Account | null;
}

/** Requests that have run next to nothing for so long may wait for one that waits for them: a long poll, a server that calls this one. */
const LONG_IDLE: Microseconds = 10_000_000;
/** The same for those of which a promise was rejected, which may never be answered. */
const FAILED_IDLE: Microseconds = 300_000;
/** A timer that only looks or reports while they wait runs for less than this share of it. */
const LITTLE = 1 / 100;
/** So many that wait are asked for each request that the application makes itself; more only now and then. */
const FEW = 64;

let isOn = false;
/** Requests that have the turn, and how long they have run. */
const holders = new Map<OpenRequest, Microseconds>();
/** Those whose turn was taken from them before they were over: the next ones run beside them. */
const overtaken = new Set<OpenRequest>();
const failed = new WeakSet<OpenRequest>();
/** They have run for `ranSince` since this instant. */
let idleSince: Microseconds = 0;
let ranSince: Microseconds = 0;
/** When they came. */
const waiting = new Map<Waiting, Microseconds>();
let isScheduled = false;

/** From now on requests wait for each other. */
export function serveOneByOne(): void {
  isOn = true;
  onClosing((request) => {
    overtaken.delete(request);
    giveUpTurn(request);
  });
}

/** Whether requests wait for each other in this thread. */
export function areServedOneByOne(): boolean {
  return isOn;
}

/** Whether some request has the turn, or waits for it: never where requests do not wait for each other. */
export function areTaken(): boolean {
  return isOn && (holders.size > 0 || waiting.size > 0);
}

/** Whether a request that has come in may not begin now: then it is to be given to `wait`. */
export function mustWait({ name, caller }: Pick<Waiting, "name" | "caller">): boolean {
  return areTaken() && isRecording() && !isMadeByHolder(name, caller());
}

export function wait(request: Waiting): void {
  const at = now();
  waiting.set(request, at - queuedAt(at));
  if (holders.size === 0) schedule();
}

/** It is the turn of this request, which begins. */
export function takeTurn(request: OpenRequest): void {
  if (!isOn) return;
  if (holders.size + overtaken.size > 0) {
    for (const one of [request, ...holders.keys(), ...overtaken]) one.isBeside = true;
  }
  holders.set(request, 0);
  restartIdle(now());
}

function restartIdle(at: Microseconds): void {
  idleSince = at;
  ranSince = 0;
}

/** The turn is over, though the request may go on; `isWhole`: it has done in it what it had to do alone. */
export function giveUpTurn(request: OpenRequest, isWhole = true): void {
  if (!holders.delete(request)) return;
  endTurn(request, isWhole);
  if (holders.size === 0 && waiting.size > 0) schedule();
}

/** The turn is taken from a request that may not be over. */
function overtake(request: OpenRequest): void {
  overtaken.add(request);
  giveUpTurn(request, false);
}

/** What this request ran has thrown, and the process goes on: it may never be answered, and others need not wait for it. */
export function overtakeFailed(account: Account | null): void {
  if (!hasTurn(account)) return;
  closeIfOver(account);
  if (!hasTurn(account)) return;
  remark("failed");
  overtake(account);
}

/** A promise of this request's was rejected, and the process goes on: nobody may answer it, but it may also answer as if nothing was. */
export function overtakeWhenIdle(account: Account | null): void {
  // One that is rejected again and again does not hold the others up for longer.
  if (!hasTurn(account) || failed.has(account)) return;
  failed.add(account);
  restartIdle(now());
}

/** Whether this is a request that others wait for. */
export function hasTurn(account: Account | null): account is OpenRequest {
  return account instanceof OpenRequest && holders.has(account);
}

/** The request of this number, if it has the turn. */
export function holderOf(seq: number): OpenRequest | null {
  return [...holders.keys()].find((it) => it.seq === seq) ?? null;
}

/** A callback of this request's has returned. */
export function leave(request: OpenRequest): void {
  closeIfOver(request);
  if (isOn) giveUpIfStreaming(request);
}

/** As an event stream that has begun it gives its turn up. */
function giveUpIfStreaming(request: OpenRequest): void {
  if (holders.has(request) && request.exchange?.isEventStream?.() === true) giveUpTurn(request);
}

/**
 * A request that has the turn makes one, which may wait already. Not now: what begins it would run within what makes it. To ask
 * many that wait, for each that is made, takes too long: `lookAfterTurns` does.
 */
export function beginCalled(): void {
  if (waiting.size > 0 && waiting.size <= FEW) schedule();
}

/** Called now and then. */
export function lookAfterTurns(): void {
  for (const request of waiting.keys()) {
    if (request.isGone()) drop(request);
    else request.lookAfter?.();
  }
  if (waiting.size === 0 || holders.size === 0) return;
  schedule();
  const at = now();
  for (const [request, ranBefore] of holders) {
    giveUpIfStreaming(request);
    if (!holders.has(request)) continue;
    const ran = runTimeAt(request, at);
    ranSince += ran - ranBefore;
    holders.set(request, ran);
  }
  const hasFailed = [...holders.keys()].every((it) => failed.has(it));
  const patience = hasFailed ? FAILED_IDLE : LONG_IDLE;
  if (ranSince > patience * LITTLE) restartIdle(at);
  if (holders.size === 0 || at - idleSince < patience) return;
  remark(hasFailed ? "rejected" : "idle");
  for (const request of holders.keys()) overtake(request);
}

/** The recording ends: requests that still wait are recorded as they are. The application gets them in their turn all the same. */
export function recordWaiting(): void {
  for (const [request, at] of waiting) {
    try {
      withCameAt(at, () => request.record());
    } catch (error) {
      noteFault(error);
    }
  }
}

function isMadeByHolder(name: string, caller: Account | null): boolean {
  if (!hasTurn(caller)) return false;
  remarkSelfCall(name);
  return true;
}

/**
 * The next one begins in a callback of its own, when what the last one has started in promises has run. What its handler throws is the
 * process's, as ever: nothing of the agent's may be around it.
 */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  original.setImmediate(beginNext);
}

function beginNext(): void {
  isScheduled = false;
  for (const request of waiting.keys()) {
    const isCalled = holders.size > 0 && isRecording();
    if (isCalled && !isMadeByHolder(request.name, asked(request.caller, null))) continue;
    if (asked(request.isGone, false)) {
      drop(request);
      continue;
    }
    try {
      return begin(request);
    } finally {
      if (waiting.size > 0 && (isCalled || holders.size === 0 || !isRecording())) schedule();
    }
  }
}

function begin(request: Waiting): void {
  withCameAt(take(request), () => request.begin());
}

function drop(request: Waiting): void {
  try {
    withCameAt(take(request), () => request.drop());
  } catch (error) {
    noteFault(error);
  }
}

/** When it came. */
function take(request: Waiting): Microseconds {
  const at = waiting.get(request) ?? now();
  waiting.delete(request);
  return at;
}
