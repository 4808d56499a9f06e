/** The requests of this process that are open, and the finished ones on their way to the wrapper. */
import type { Outcome } from "../protocol/messages.ts";
import {
  type Described,
  type EncodedRequests,
  type Measured,
  RequestRows,
} from "../protocol/request_rows.ts";
import type { Microseconds } from "../units.ts";
import { now } from "./clock.ts";
import { noteFault } from "./guarded.ts";
import { queuedAt } from "./queue.ts";
import { type Account, busyTimeAt, outsideTimeAt, running, runTimeAt, switchTo } from "./ledger.ts";
import type { Told } from "./told.ts";

/** What a server kind knows of a request when it ends. */
export type RequestFacts = Described;

/**
 * A request in flight, as a server kind (`node/http.ts`) sees it. What throws here, as a getter of the application's may, costs
 * this request and no other.
 */
export interface Exchange {
  /** What frameworks have told of it so far. */
  told?: Told | undefined;
  /** Whether nothing more will go out, though nobody set `isAnswered`. Called often. */
  isOver(): boolean;
  /** Its headers are out, and what follows are events, for as long as the client listens. */
  isEventStream?(): boolean;
  /** How it ended; asked only when it is over. */
  outcome(): Outcome;
  facts(): RequestFacts;
  /** Called once when the request ended: let go of everything. */
  release(): void;
}

/** The agent sends so many ended requests, or such long texts of theirs, at once: few enough to take no time worth noticing. */
const LIMITS = { maxRows: 512, maxText: 256 * 1024 };

/** One open request; also its account in the ledger. */
export class OpenRequest implements Account {
  readonly seq: number;
  runTime: Microseconds = 0;
  closed = false;
  /** Works for itself, as long as nobody else does. */
  readonly account = this;
  /** Its response is out; it ends when the callback that sees this returns. */
  isAnswered = false;
  /** With `--serial`: another one had its turn beside it. */
  isBeside = false;
  successor: OpenRequest | null = null;
  readonly startAt: Microseconds = now();
  readonly busyAtStart: Microseconds = busyTimeAt(this.startAt) + outsideTimeAt(this.startAt);
  /** How long it has waited for its turn, and may have lain in its socket before. */
  readonly queued: Microseconds = takeQueued(this.startAt);
  /** Where it is among the open ones. */
  place = 0;
  exchange: Exchange | null;

  constructor(seq: number, exchange: Exchange) {
    this.seq = seq;
    this.exchange = exchange;
  }
}

/** In no order; each knows its place. */
const open: OpenRequest[] = [];
const ended = new RequestRows(LIMITS);
let recording = true;
let lastSeq = 0;
/** All that ended so far. */
let total = 0;
let lost = 0;
let whenMany: () => void = () => {};
let whenClosing: (request: OpenRequest) => void = () => {};
/** When the request that is opened next came in, if it has waited for its turn. */
let cameAt: Microseconds | undefined;

/** False after the last message: what still listens to a server's events must not record them any more. */
export function isRecording(): boolean {
  return recording;
}

/** What is told when a request's turn begins and when it is over. */
export interface TurnWatch {
  begins(seq: number): void;
  /** `isWhole`: what it does from here on is not wanted, or there is none. */
  ends(seq: number, isWhole: boolean): void;
}

let turns: TurnWatch | undefined;

/** `watch` is told of turns from now on. */
export function watchTurns(watch: TurnWatch): void {
  turns = watch;
}

/** The turn of a request is over, though it may go on. */
export function endTurn({ seq }: OpenRequest, isWhole: boolean): void {
  turns?.ends(seq, isWhole);
}

/** A request came in. */
export function openRequest(exchange: Exchange): OpenRequest {
  const seq = ++lastSeq;
  turns?.begins(seq);
  const request = new OpenRequest(seq, exchange);
  request.place = open.push(request) - 1;
  return request;
}

/** Does `act`, which opens a request that came in at an earlier instant. */
export function withCameAt(at: Microseconds, act: () => void): void {
  cameAt = at;
  try {
    act();
  } finally {
    cameAt = undefined;
  }
}

function takeQueued(at: Microseconds): Microseconds {
  const queued = cameAt === undefined ? queuedAt(at) : at - cameAt;
  cameAt = undefined;
  return queued;
}

/** `act` is called with each request when it ends. */
export function onClosing(act: (request: OpenRequest) => void): void {
  whenClosing = act;
}

/** The one that the event loop runs now. */
export function runningExchange(): Exchange | undefined {
  const account = running();
  return account instanceof OpenRequest ? account.exchange ?? undefined : undefined;
}

/** How many requests are in flight. */
export function openCount(): number {
  return open.length;
}

/** Ends the request if its response is out or broken off. Cheap when it is not. */
export function closeIfOver(request: OpenRequest): void {
  if (request.exchange === null) return;
  const outcome = request.isAnswered ? "finished" : outcomeOf(request.exchange);
  if (outcome !== undefined) close(request, outcome);
}

/** How it ended; undefined if it is not over. */
function outcomeOf(exchange: Exchange): Outcome | undefined {
  try {
    return exchange.isOver() ? exchange.outcome() : undefined;
  } catch (error) {
    noteFault(error);
    return "error";
  }
}

/** Ends every request that is over, though no callback of its own told so. */
export function closeAllOver(): void {
  // Backwards, for the last one takes the place of one that ends.
  for (let i = open.length - 1; i >= 0; i--) closeIfOver(open[i]!);
}

/** The process ends: so do all its requests. */
export function closeAll(): void {
  closeAllOver();
  // One that ends may leave a successor.
  while (open.length > 0) {
    for (const request of [...open].sort((a, b) => a.seq - b.seq)) close(request, "unfinished");
  }
  recording = false;
}

/** `tell` is called when there are so many ended requests that they must be taken. */
export function onManyEnded(tell: () => void): void {
  whenMany = tell;
}

/** Requests that ended since the last call; `offset` leads to V8's clock. To be sent before the next one ends. */
export function takeEnded(offset: Microseconds): { requests: EncodedRequests; count: number } {
  return { count: ended.count, requests: ended.take(offset) };
}

/** Ended requests that could not be told, since the last call. */
export function takeLost(): number {
  const taken = lost;
  lost = 0;
  return taken;
}

/** How many requests have ended so far. */
export function endedCount(): number {
  return total;
}

/** Rounding of times, and of their sums, moves them by less than this. */
const ROUNDING: Microseconds = 1;

function close(request: OpenRequest, outcome: Outcome): void {
  const at = now();
  const wholeTime = at - request.startAt;
  const runTime = runTimeAt(request, at);
  const otherTime = busyTimeAt(at) + outsideTimeAt(at) - request.busyAtStart - runTime;
  const isClamped = runTime + otherTime > wholeTime + ROUNDING || otherTime < -ROUNDING ||
    runTime < -ROUNDING;
  const duration = Math.round(wholeTime);
  const cpu = Math.min(Math.max(Math.round(runTime), 0), duration);
  const blocked = Math.min(Math.max(Math.round(otherTime), 0), duration - cpu);
  request.closed = true;
  const last = open.pop()!;
  if (last !== request) {
    open[request.place] = last;
    last.place = request.place;
  }
  if (running() === request) switchTo(null, at);

  const exchange = request.exchange;
  request.exchange = null;
  if (exchange === null) return;
  const { seq, startAt, queued, isBeside } = request;
  turns?.ends(seq, true);
  total++;
  whenClosing(request);
  const measured = { seq, startAt, duration, cpu, blocked, queued, outcome, isClamped, isBeside };
  try {
    tell(exchange.facts(), measured);
  } catch (error) {
    lost++;
    noteFault(error);
  }
  try {
    exchange.release();
  } catch (error) {
    noteFault(error);
  }
}

function tell(facts: RequestFacts, measured: Measured): void {
  if (ended.add(facts, measured)) return;
  whenMany();
  ended.add(facts, measured);
}
