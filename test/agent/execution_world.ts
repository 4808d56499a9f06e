/** An event loop that does random things, in the order in which a runtime reports them, and what an execution makes of that. */
import assert from "node:assert/strict";
import type { Execution } from "../../src/agent/execution.ts";
import type { Outputs } from "../../src/agent/execution_ports.ts";
import type { Account } from "../../src/agent/ledger.ts";
import type { Random } from "../support/random.ts";
import type { Event, Kind, Outside, Way } from "./execution_oracle.ts";

interface RandomAccount extends Account {
  successor: Account | null;
}

/** What something is from an instant on. */
interface Since<T> {
  readonly at: number;
  readonly value: T;
}

export class World {
  readonly events: (Event & { readonly at: number })[] = [];
  readonly owners: Since<Account | null>[] = [];
  readonly outsides: Since<Outside>[] = [];
  readonly leaves: { readonly account: Account; readonly within: number }[] = [];
  at = 0;
  private within = 0;
  private scopes = 0;
  private isEndAsked = false;
  private readonly accounts: RandomAccount[] = [];
  private readonly answered = new Set<Account>();
  private readonly random: Random;
  private readonly way: Way;
  private readonly execution: Execution;

  constructor(random: Random, way: Way, make: (outputs: Outputs) => Execution) {
    this.random = random;
    this.way = way;
    this.execution = make({
      running: () => this.running(),
      switchTo: (next, at = this.at) => this.switchTo(next, at),
      beginOutside: (source) => this.outsides.push({ at: this.at, value: { source } }),
      endOutside: () => this.outsides.push({ at: this.at, value: undefined }),
      forgetOutside() {},
      leave: (account) => this.leave(account),
      isAnyOpen: () => this.accounts.some((it) => !it.closed),
    });
    const askForEnd = () => {
      assert.equal(this.isEndAsked, false, "an end is asked for while one is on its way");
      this.isEndAsked = true;
    };
    this.execution.listen(way === "stack" ? { returns: true } : { returns: way === "marks", askForEnd });
  }

  /** Turns the loop some times, until it rests. */
  run(): void {
    for (let turns = this.random.integer(1, 8); turns > 0; turns--) {
      const callbacks = this.way === "batches" ? this.random.integer(1, 3) : 1;
      for (let i = 0; i < callbacks; i++) this.callback(this.context());
      this.microtasks(this.random.integer(0, 4));
      if (this.random.oneIn(2)) this.sleep();
    }
    this.callback(null, 0);
    this.microtasks(0);
  }

  private callback(context: Account | null, room = 3): void {
    if (this.way === "marks") return this.nested(context, room);
    this.input("callbackBegins", context);
    this.work(room);
    if (this.way === "stack") this.input("callbackReturns");
  }

  private nested(context: Account | null, room: number): void {
    // So Deno 2.5 to 2.8 runs a callback of `AsyncResource`: the work goes on, and then its context is another.
    const goesOn = context === this.running();
    this.input("nestedBegins", context);
    if (goesOn && this.random.oneIn(3)) this.input("contextChanged", this.context());
    this.work(room);
    this.input("callbackReturns");
  }

  private microtasks(reactions: number): void {
    while (reactions > 0 || this.isEndAsked) {
      if (this.isEndAsked && (reactions === 0 || this.random.oneIn(3))) {
        this.isEndAsked = false;
        this.input("batchEnds");
      } else {
        reactions--;
        this.reaction();
      }
    }
  }

  private reaction(): void {
    // Of what is reported with its end the execution need not know that it is a reaction.
    if (this.way === "stack") return this.nested(this.context(), 2);
    this.input("reactionBegins", this.context());
    this.work(2);
  }

  /** What happens within a callback or a reaction. */
  private work(room: number): void {
    for (let things = this.random.integer(0, room); things > 0; things--) {
      const account = this.context();
      const isBatch = this.way === "batches";
      switch (this.random.integer(0, 5)) {
        case 0:
          if (isBatch) this.input("contextChanged", account);
          else this.nested(this.random.oneIn(2) ? this.running() : account, room - 1);
          break;
        case 1:
          if (isBatch) this.scope(account, room - 1);
          else if (this.way === "stack" || !this.execution.isInside || this.random.oneIn(2)) {
            this.nested(account, room - 1);
          } else this.input("reactionBegins", account);
          break;
        case 2:
          if (this.running() !== null) break;
          this.within = this.events.length;
          this.input("requestBegins", this.open());
          break;
        case 3:
          if (account !== null) this.answered.add(account);
          break;
        case 4:
          if (account !== null && !account.closed) this.step("closes", account, () => this.close(account));
      }
    }
  }

  private scope(context: Account | null, room: number): void {
    const id = ++this.scopes;
    this.step("scopeBegins", context, () => this.execution.scopeBegins(id, context));
    this.work(room);
    this.step("scopeEnds", undefined, () => this.execution.scopeEnds(id));
  }

  private sleep(): void {
    this.note("sleeps");
    this.at += this.random.integer(1, 50);
  }

  private input(
    kind: Exclude<Kind, "scopeBegins" | "scopeEnds" | "opens" | "closes" | "sleeps">,
    account?: Account | null,
  ): void {
    this.step(kind, account, () => this.execution[kind](account as Account));
  }

  private step(kind: Kind, account: Account | null | undefined, act: () => void): void {
    this.within = this.events.length;
    if (kind !== "closes") this.note(kind, account);
    act();
    assert.notEqual(this.running()?.closed, true, "a closed account runs");
    this.at += this.random.integer(1, 5);
  }

  private note(kind: Kind, account?: Account | null): void {
    this.events.push({
      kind,
      at: this.at,
      within: this.within,
      ...(account === undefined ? {} : { account }),
    });
  }

  private running(): Account | null {
    return this.owners.at(-1)?.value ?? null;
  }

  private switchTo(value: Account | null, at: number): void {
    assert.notEqual(value?.closed, true, "a closed account is switched to");
    assert.ok(at >= (this.owners.at(-1)?.at ?? 0) && at <= this.at, "switches are in order");
    this.owners.push({ at, value });
  }

  private leave(account: Account): void {
    this.leaves.push({ account, within: this.within });
    if (this.answered.has(account) && !account.closed) this.close(account as RandomAccount);
  }

  private open(): RandomAccount {
    const account = { seq: this.accounts.length + 1, runTime: 0, closed: false, successor: null };
    this.accounts.push(account);
    this.note("opens", account);
    return account;
  }

  private close(account: RandomAccount): void {
    account.closed = true;
    this.note("closes", account);
    if (this.running() === account) this.switchTo(null, this.at);
    if (this.random.oneIn(3)) account.successor = this.open();
  }

  /** What some context names: one of the latest requests, open or not, or none. */
  private context(): RandomAccount | null {
    return this.random.pick([null, ...this.accounts.slice(-4)]);
  }
}
