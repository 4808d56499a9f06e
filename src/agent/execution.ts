/**
 * What the event loop does, as a state machine: one object in each thread. Adapters (`node/context/`, `deno/context.ts`) translate what the
 * runtime's hooks report into its inputs; it decides whose each instant is. It knows no runtime.
 *
 * An input's `context` is the account that the runtime's context names, which may be closed: then its successor runs, if it has an open one.
 */
import type { Microseconds } from "../units.ts";
import { openOf } from "./connection_owners.ts";
import type { Outputs, Reports } from "./execution_ports.ts";
import type { Account } from "./ledger.ts";

/** The event loop waits, or does what no hook reports. */
const RESTING = 0;
/** It is in callbacks. */
const CALLBACKS = 1;
/** It runs promise reactions, which follow one another. Only their beginnings are reported. */
const REACTIONS = 2;
/** The same, but none has begun since the last end that was asked for: these may be over. */
const LATE_REACTIONS = 3;

export class Execution {
  private state: typeof RESTING | typeof CALLBACKS | typeof REACTIONS | typeof LATE_REACTIONS = RESTING;
  /** Callbacks whose return will be reported: whom the event loop returns to from each. */
  private readonly outer: (Account | null)[] = [];
  /** Work within a callback of a batch, innermost last. */
  private readonly scopes: { readonly id: number; readonly outer: Account | null }[] = [];
  /** The end of this batch, or of what else is timed, is on its way. */
  private isEndAsked = false;
  /** The request that came in in this batch: it also gets what belongs to no other, such as Node's clearing up. */
  private entered: Account | null = null;
  /** Accounts whose context was left within a callback of a batch: when that returns they may be over. */
  private readonly interrupted = new Set<Account>();
  private count = 0;
  /** `count` when work last ended for nobody to go on: whose it was has just run until another callback or reaction begins. */
  private endedAt = 0;
  private readonly outputs: Outputs;
  private returns = true;
  private askForEnd: Reports["askForEnd"];

  constructor(outputs: Outputs) {
    this.outputs = outputs;
  }

  /** From now on this is reported: where returns are, also that of what is under way. */
  listen({ returns, askForEnd }: Reports): void {
    this.state = RESTING;
    this.returns = returns;
    this.askForEnd = askForEnd;
    this.isEndAsked = false;
    this.entered = null;
    for (const account of this.interrupted) this.outputs.leave(account);
    this.interrupted.clear();
  }

  /** Callbacks and reactions so far. */
  get turns(): number {
    return this.count;
  }

  /** Whether no callback or reaction has begun since the last account has run. */
  get hasJustEnded(): boolean {
    return this.endedAt === this.count;
  }

  /** Whether a callback whose return is reported, or a reaction, is under way. */
  get isInside(): boolean {
    return this.state >= REACTIONS || this.outer.length > 0;
  }

  /** The event loop has turned to a callback: when it did anything before, all reactions had run. */
  callbackBegins(context: Account | null): void {
    if (this.state >= REACTIONS) this.endReactions();
    if (this.returns) return this.nestedBegins(context);
    this.count++;
    this.leaveCallback();
    const owner = openOf(context) ?? openOf(this.entered);
    this.switchOver(owner);
    if (owner === null) this.timeInBatch(context);
  }

  /** A callback begins, or began `at` an instant after the last switch, perhaps within other work. Its return will be reported. */
  nestedBegins(context: Account | null, at?: Microseconds): void {
    this.count++;
    const { outputs } = this;
    const current = outputs.running();
    this.outer.push(current);
    if (this.state === RESTING) this.state = CALLBACKS;
    const next = openOf(context);
    if (next !== current) outputs.switchTo(next, at);
    if (next === null) this.timeOutside(context);
  }

  /** The innermost callback has returned. */
  callbackReturns(): void {
    const { outputs, outer } = this;
    const current = outputs.running();
    if (current !== null) outputs.leave(current);
    const next = outer.pop() ?? null;
    const back = next !== null && next.closed ? null : next;
    if (back !== outputs.running()) outputs.switchTo(back);
    if (outer.length > 0 || this.state >= REACTIONS) return;
    this.state = RESTING;
    outputs.endOutside();
  }

  /** A promise reaction begins; the one before it has ended. */
  reactionBegins(context: Account | null): void {
    this.count++;
    if (this.state !== REACTIONS) this.beginReactions();
    const { outputs } = this;
    const next = context === null || !context.closed ? context : openOf(context);
    const last = outputs.running();
    if (next !== last) {
      outputs.switchTo(next);
      if (last !== null) outputs.leave(last);
    }
    if (next === null) this.timeOutside(context);
  }

  /** Within a callback, or where one begins, the context became another. */
  contextChanged(context: Account | null): void {
    const { outputs } = this;
    const owner = openOf(context) ?? openOf(this.entered);
    const last = outputs.running();
    if (owner !== last) {
      if (this.returns) return outputs.switchTo(owner);
      // A callback may begin, or the reaction goes on.
      if (this.state >= REACTIONS) this.interruptReactions();
      if (last !== null) this.interrupted.add(last);
      this.switchOver(owner);
    }
    if (owner === null && !this.returns) this.timeInBatch(context);
  }

  /** Within a callback of a batch other work begins, whose end `scopeEnds` reports. */
  scopeBegins(id: number, context: Account | null): void {
    this.scopes.push({ id, outer: this.outputs.running() });
    this.contextChanged(context);
  }

  /** Work ends; what it was within goes on, if it was. */
  scopeEnds(id: number): void {
    if (this.scopes.at(-1)?.id === id) this.contextChanged(openOf(this.scopes.pop()!.outer));
  }

  /** `account` has come in: the rest of the callback (from `since`, a moment ago) is its work. */
  requestBegins(account: Account, since?: Microseconds): void {
    if (this.returns && !this.isInside) return;
    this.outputs.switchTo(account, since);
    if (this.returns || this.state >= REACTIONS) return;
    this.entered = account;
    this.askOnce();
  }

  /** The end that was asked for: all callbacks of the batch have returned, or reactions that waited have run. */
  batchEnds(): void {
    this.isEndAsked = false;
    this.entered = null;
    this.scopes.length = 0;
    if (this.state >= REACTIONS) return this.reactionsMayEnd();
    this.leaveCallback();
    this.switchToNobody();
    this.state = RESTING;
    this.outputs.endOutside();
  }

  /** A timer of the agent's runs, where exactly one context is entered: mends what lost its step. */
  realign(): void {
    const { outer } = this;
    if (outer.length > 1) {
      outer.splice(0, outer.length - 1);
      this.outputs.forgetOutside();
    }
    if (outer.length === 1) outer[0] = null;
  }

  private switchToNobody(): void {
    if (this.outputs.running() === null) return;
    this.outputs.switchTo(null);
    this.endedAt = this.count;
  }

  private switchOver(owner: Account | null): void {
    if (owner === this.outputs.running()) return;
    this.outputs.switchTo(owner);
    if (owner !== null) this.askOnce();
  }

  /** What follows a request in the batch in which that came in is Node's clearing up: nobody started it. */
  private timeInBatch(context: Account | null): void {
    this.timeOutside(context === this.entered ? null : context);
  }

  /** Work of no open request begins. It is timed while one is in flight, which it holds up, and where `source`, which has ended, started it. */
  private timeOutside(source: Account | null): void {
    const { outputs } = this;
    if (source === null && !outputs.isAnyOpen()) return outputs.endOutside();
    outputs.beginOutside(source);
    if (!this.returns) this.askOnce();
  }

  /** The end of a batch, or of what is timed, has to be reported. */
  private askOnce(): void {
    if (this.isEndAsked) return;
    this.isEndAsked = true;
    if (this.state === RESTING) this.state = CALLBACKS;
    this.askForEnd!();
  }

  /** The last callback of a batch has returned. */
  private leaveCallback(): void {
    const { outputs, interrupted } = this;
    const last = outputs.running();
    if (last !== null) outputs.leave(last);
    if (interrupted.size === 0) return;
    for (const account of interrupted) if (account !== last) outputs.leave(account);
    interrupted.clear();
  }

  private beginReactions(): void {
    if (this.state === LATE_REACTIONS) this.state = REACTIONS;
    else if (this.outer.length === 0) {
      this.state = REACTIONS;
      this.askOnce();
    }
  }

  /** An end that was asked for among reactions. */
  private reactionsMayEnd(): void {
    if (this.state === LATE_REACTIONS) return this.endReactions();
    this.state = LATE_REACTIONS;
    this.askOnce();
  }

  private endReactions(): void {
    const last = this.outputs.running();
    this.interruptReactions();
    if (last !== null) this.outputs.leave(last);
  }

  private interruptReactions(): void {
    const { outputs } = this;
    this.state = this.isEndAsked || this.outer.length > 0 ? CALLBACKS : RESTING;
    this.switchToNobody();
    if (this.outer.length === 0) outputs.endOutside();
  }
}
