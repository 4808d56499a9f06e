/**
 * Who runs: the log of context switches, and the exact time each request has run.
 *
 * This is the innermost part of the agent: `switchTo` runs at every change of the current request, so it allocates
 * nothing and reads the clock once at most.
 */
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";

/** An account of running time: what a request is to the ledger. */
export interface Account {
  /** Positive and unique in the process. */
  readonly seq: number;
  /** Time the event loop ran it, up to the last switch. */
  runTime: Microseconds;
  /** No more time is booked to it. */
  closed: boolean;
  /** To whom that goes which it started and did not see the end of; to nobody, if absent. */
  readonly heir?: Account | null;
}

/** Room for this many switches per window. */
const CAPACITY = 1 << 18;
/** A stretch this long without a switch is worth telling: it says who blocked whom. */
const LONG_STRETCH: Microseconds = 1000;
const MAX_STRETCHES = 3 * 5000;
/** After so much time without a request the loop is asked anew how long it has slept: `outsideTimeAt` is exact to this. */
const SLEEP_STEP: Microseconds = 100;

let times = new Float64Array(0);
/** Whole numbers: at 65,800 requests a second they leave 32 bits after nine hours, and 53 bits after four thousand years. */
let seqs = new Float64Array(0);
let length = 0;
let dropped = 0;
let total = 0;
/** Owner before the first entry of the log. */
let baseline = 0;

let stretches: number[] = [];

let current: Account | null = null;
let since: Microseconds = 0;
/** Time the event loop ran any request at all, up to the last switch. */
let busyTime: Microseconds = 0;
/** Time in long stretches in which it ran work of no open request. */
let outsideTime: Microseconds = 0;
/** The request that started such work, and has ended. */
let source: Account | null = null;

/** How long the event loop had slept at an instant; while nobody can tell, whenever it ran no request. */
let sleptAt: (at: Microseconds) => Microseconds = restTimeAt;
/** What that was at the last look. */
let sleptThen: Microseconds = 0;
/** The time without a request after which the next look is due. */
let nextLook: Microseconds = 0;

/** Makes room for the log; before, nothing may be switched. */
export function openLedger(): void {
  times = new Float64Array(CAPACITY);
  seqs = new Float64Array(CAPACITY);
}

/** The request that the event loop runs now; null if none. */
export function running(): Account | null {
  return current;
}

/** From now on, or since `at`, a moment after the last switch, the event loop runs `next`, or nobody. */
export function switchTo(next: Account | null, at: Microseconds = now()): void {
  if (current !== null) {
    const ran = at - since;
    current.runTime += ran;
    busyTime += ran;
    if (ran >= LONG_STRETCH) note(current.seq, since, ran);
  } else if (at - since >= LONG_STRETCH) endRest(at);
  current = next;
  since = at;
  source = null;
  if (next === null && at - busyTime >= nextLook) look(at);
  if (length === CAPACITY) {
    dropped++;
    return;
  }
  times[length] = at;
  seqs[length] = next === null ? 0 : next.seq;
  length++;
}

/** While no request runs, a callback that `account` started begins, though that has ended; or, if null, one that no request started. */
export function turnToSource(account: Account | null): void {
  if (account === source || current !== null) return;
  const at = now();
  outsideTimeAt(at);
  since = at;
  source = account;
}

/** The request that started the present work and has ended; null if there is none. */
export function endedSource(): Account | null {
  return source;
}

/** `slept` tells how long the event loop had slept at an instant that is, or has just been, the present one. */
export function tellSleepBy(slept: (at: Microseconds) => Microseconds): void {
  sleptAt = slept;
  skipOwnWork();
}

/**
 * Time in which the event loop has run work of no open request, in long stretches, up to the present instant `at`. Such a stretch lies
 * between two pieces of requests' work: it is what the loop did not sleep meanwhile.
 */
export function outsideTimeAt(at: Microseconds): Microseconds {
  if (current === null && at - since >= LONG_STRETCH) {
    endRest(at);
    since = at;
  }
  return outsideTime;
}

/** What the event loop has done since the last switch was the agent's own work, and held up nobody. */
export function skipOwnWork(): void {
  if (current !== null) return;
  const at = now();
  look(at);
  since = at;
}

/** Time in which the event loop ran no request, up to the instant `at`, not before the last switch. */
export function restTimeAt(at: Microseconds): Microseconds {
  return at - busyTimeAt(at);
}

/** Books the time since the last switch, in which no request ran, as far as the event loop did not sleep. */
function endRest(at: Microseconds): void {
  const before = sleptThen;
  look(at);
  const ran = Math.min(at - since - (sleptThen - before), at - since);
  if (ran < LONG_STRETCH) return;
  outsideTime += ran;
  // What a request had started begins with the stretch; else it is most likely that the loop slept first.
  note(source === null ? 0 : -source.seq, source === null ? at - ran : since, ran);
}

function look(at: Microseconds): void {
  sleptThen = sleptAt(at);
  nextLook = at - busyTime + SLEEP_STEP;
}

function note(seq: number, startAt: Microseconds, time: Microseconds): void {
  if (stretches.length < MAX_STRETCHES) stretches.push(seq, startAt, time);
}

/** Time the event loop has run any request, up to the instant `at` (not before the last switch). */
export function busyTimeAt(at: Microseconds): Microseconds {
  return current === null ? busyTime : busyTime + (at - since);
}

/** Time the event loop has run `account`, up to the instant `at` (not before the last switch). */
export function runTimeAt(account: Account, at: Microseconds): Microseconds {
  return current === account ? account.runTime + (at - since) : account.runTime;
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
  // A full log missed the last switches: what follows belongs to whoever runs now.
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
