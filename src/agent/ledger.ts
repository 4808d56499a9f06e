/**
 * Who runs: the log of context switches, and the exact time each request has run.
 *
 * This is the innermost part of the agent: `switchTo` runs at every change of the current request, so it allocates
 * nothing and reads the clock once at most.
 */
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";
import { original } from "./originals.ts";

/** An account of running time: what a request is to the ledger. */
export interface Account {
  /** Positive and unique in the process. */
  readonly seq: number;
  /** Time the event loop ran it, up to the last switch. */
  runTime: Microseconds;
  /** No more time is booked to it. */
  closed: boolean;
  /** The account that gets the time of what this one started and what still runs when it closes; none if absent. */
  readonly successor?: Account | null;
}

/** Room for this many switches per window. */
const CAPACITY = 1 << 18;
/** A stretch this long without a switch is worth telling: it says who blocked whom. */
const LONG_STRETCH: Microseconds = 1000;
const MAX_STRETCHES = 3 * 5000;

let times: Float64Array = new Float64Array(0);
/** Whole numbers: at 65,800 requests a second they leave 32 bits after nine hours, and 53 bits after four thousand years. */
let seqs: Float64Array = new Float64Array(0);
let length = 0;
let dropped = 0;
let total = 0;
/** Owner before the first entry of the log. */
let baseline = 0;

let stretches: number[] = [];
let whenLong: (stretch: LongStretch) => void = () => {};

let current: Account | null = null;

// These three have one element each: V8 makes a new object for each fraction that a variable is set to, two or three for each switch.
/** The instant of the last switch, or at which work of no open request began after it. */
const since = new Float64Array(1);
/** Time the event loop ran any request at all, up to the last switch. */
const busyTime = new Float64Array(1);
/** Time in long stretches in which it ran work of no open request. */
const outsideTime = new Float64Array(1);

/** Such work has begun and not ended; requests may run within it. */
let isOutside = false;
/** The request that started it, and has ended. */
let source: Account | null = null;

/** Makes room for the log; before, nothing may be switched. */
export function openLedger(): void {
  times = uncountedFloats(CAPACITY);
  seqs = uncountedFloats(CAPACITY);
}

/**
 * V8 adds the bytes of an `ArrayBuffer` to those of the heap when it decides whether a major garbage collection is due, so the log would bring
 * one about in the first seconds of each server. It leaves out the bytes of a `SharedArrayBuffer`, which no other thread gets here.
 */
function uncountedFloats(length: number): Float64Array {
  const Room = original.SharedArrayBuffer ?? ArrayBuffer;
  return new Float64Array(new Room(length * Float64Array.BYTES_PER_ELEMENT));
}

/** The request that the event loop runs now; null if none. */
export function running(): Account | null {
  return current;
}

/** Where no request runs now: the number of the one that ran last; 0 if that is not known. */
export function ranLast(): number {
  return current === null && length > 1 ? seqs[length - 2]! : 0;
}

/** From now on, or since `at`, a moment after the last switch, the event loop runs `next`, or nobody. */
export function switchTo(next: Account | null, at: Microseconds = now()): void {
  if (current !== null) {
    const ran = at - since[0]!;
    current.runTime += ran;
    busyTime[0]! += ran;
    if (ran >= LONG_STRETCH) note(current.seq, since[0]!, ran);
  } else if (isOutside) endStretch(at);
  current = next;
  since[0] = at;
  if (length === CAPACITY) {
    dropped++;
    return;
  }
  times[length] = at;
  seqs[length] = next === null ? 0 : next.seq;
  length++;
}

/** While no request runs, work that none has started begins, or that `account` started, which has ended. It is timed from now on. */
export function beginOutside(account: Account | null): void {
  if (isOutside && account === source) return;
  if (current === null) {
    const at = now();
    if (isOutside) endStretch(at);
    since[0] = at;
  }
  isOutside = true;
  source = account;
}

/** Such work is over: the event loop rests, or what it does is not timed. */
export function endOutside(): void {
  if (!isOutside) return;
  if (current === null) endStretch(now());
  isOutside = false;
  source = null;
}

/** Time in which the event loop has run work of no open request, in long stretches, up to the present instant `at`. */
export function outsideTimeAt(at: Microseconds): Microseconds {
  if (isOutside && current === null) {
    endStretch(at);
    since[0] = at;
  }
  return outsideTime[0]!;
}

/** When it began is not known any more: it has lasted from now on. */
export function forgetOutside(): void {
  if (current === null) since[0] = now();
}

function endStretch(at: Microseconds): void {
  const ran = at - since[0]!;
  if (ran < LONG_STRETCH) return;
  outsideTime[0]! += ran;
  note(source === null ? 0 : -source.seq, since[0]!, ran);
}

/** A stretch that has ended, and what `busyTimeAt` was then. */
export interface LongStretch {
  readonly startAt: Microseconds;
  readonly endAt: Microseconds;
  readonly busyTime: Microseconds;
}

/** `act` is called when a long stretch ends. */
export function onLongStretch(act: (stretch: LongStretch) => void): void {
  whenLong = act;
}

function note(seq: number, startAt: Microseconds, time: Microseconds): void {
  whenLong({ startAt, endAt: startAt + time, busyTime: busyTime[0]! });
  if (stretches.length < MAX_STRETCHES) stretches.push(seq, startAt, time);
}

/** Time the event loop has run any request, up to the instant `at` (not before the last switch). */
export function busyTimeAt(at: Microseconds): Microseconds {
  return current === null ? busyTime[0]! : busyTime[0]! + (at - since[0]!);
}

/** Time the event loop has run `account`, up to the instant `at` (not before the last switch). */
export function runTimeAt(account: Account, at: Microseconds): Microseconds {
  return current === account ? account.runTime + (at - since[0]!) : account.runTime;
}

/**
 * The owner of each instant, run-length coded (`[count, seq, …]`), and everything up to `until` forgotten.
 *
 * `instants` are on the agent's clock and nearly in order: V8 sometimes swaps neighbours.
 */
export function takeOwners(instants: Float64Array, until: Microseconds): number[] {
  const owners: number[] = [];
  let entry = -1;
  let count = 0;
  let owner = 0;
  for (const at of instants) {
    while (entry + 1 < length && times[entry + 1]! <= at) entry++;
    while (entry >= 0 && times[entry]! > at) entry--;
    const seq = entry < 0 ? baseline : seqs[entry]!;
    if (seq === owner) count++;
    else {
      if (count > 0) owners.push(count, owner);
      owner = seq;
      count = 1;
    }
  }
  if (count > 0) owners.push(count, owner);
  forget(until);
  return owners;
}

/** Forgets the switches up to `until`. */
export function forget(until: Microseconds): void {
  let kept = length;
  while (kept > 0 && times[kept - 1]! > until) kept--;
  if (kept > 0) baseline = seqs[kept - 1]!;
  // A full log missed the last switches: what follows belongs to the account that runs now.
  if (length === CAPACITY) baseline = current === null ? 0 : current.seq;
  times.copyWithin(0, kept, length);
  seqs.copyWithin(0, kept, length);
  length -= kept;
  total += kept;
}

/** Whether the log has so little room left that the window should be turned: at the agent's tick, 1.3 million per second fit. */
export function isLedgerFilling(): boolean {
  return length > CAPACITY / 2;
}

/** Switches logged so far. */
export function switchCount(): number {
  return total + length;
}

/** The long stretches since the last call, as `WindowMessage` has them, on the agent's clock. */
export function takeStretches(): number[] {
  const taken = stretches;
  stretches = [];
  return taken;
}

/** Switches that found the log full since the last call. */
export function takeDropped(): number {
  const taken = dropped;
  dropped = 0;
  return taken;
}
