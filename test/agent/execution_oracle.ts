/**
 * Whose each instant is, found slowly: keeps the whole list of events and searches it backwards, once for each question. It shares
 * nothing with `execution.ts` but the names of inputs.
 */
import type { Account } from "../../src/agent/ledger.ts";

/** The inputs of the execution, and what else happens. */
export type Kind =
  | "callbackBegins"
  | "nestedBegins"
  | "callbackReturns"
  | "reactionBegins"
  | "contextChanged"
  | "scopeBegins"
  | "scopeEnds"
  | "requestBegins"
  | "batchEnds"
  | "opens"
  | "closes"
  | "sleeps";

export interface Event {
  readonly kind: Kind;
  readonly account?: Account | null;
  readonly id?: number;
  /** The index of the input in which it happens: its own, or of the one that led to it. */
  readonly within: number;
}

/** How contexts are listened to: Node by beginnings, Node by beginnings and ends, Deno. */
export type Way = "batches" | "stack" | "marks";

/** Work of no open request that is timed; `null` started it if no request did. */
export type Outside = { readonly source: Account | null } | undefined;

export class Oracle {
  private readonly events: readonly Event[];
  private readonly way: Way;
  private readonly known = new Map<string, unknown>();

  constructor(events: readonly Event[], way: Way) {
    this.events = events;
    this.way = way;
  }

  /** Whose the time after this event is. */
  owner(index: number): Account | null {
    return this.once(`owner ${index}`, () => this.findOwner(index));
  }

  /** Whether promise reactions run after it, or have run since the last callback. */
  inReactions(index: number): boolean {
    return this.once(`reactions ${index}`, () => this.findReactions(index));
  }

  /** Which work of no open request is timed after it. */
  outside(index: number): Outside {
    return this.once(`outside ${index}`, () => this.findOutside(index));
  }

  /** Callbacks that have begun and will be reported to return. */
  depth(index: number): number {
    if (this.way === "batches" || index < 0) return 0;
    const before = this.depth(index - 1);
    const { kind } = this.events[index]!;
    if (kind === "callbackBegins" || kind === "nestedBegins") return before + 1;
    return kind === "callbackReturns" ? before - 1 : before;
  }

  private once<T>(key: string, find: () => T): T {
    if (!this.known.has(key)) this.known.set(key, find());
    return this.known.get(key) as T;
  }

  private findOwner(index: number): Account | null {
    for (let i = index; i >= 0; i--) {
      const { kind, account = null } = this.events[i]!;
      switch (kind) {
        case "closes":
          if (this.owner(i - 1) === account) return null;
          break;
        case "callbackBegins":
        case "contextChanged":
        case "scopeBegins":
          return this.open(account, i) ?? this.open(this.entered(i), i);
        case "nestedBegins":
        case "reactionBegins":
          return this.open(account, i);
        case "scopeEnds": {
          const begin = this.beginOfScope(i);
          if (begin < 0) break;
          return this.open(this.open(this.owner(begin - 1), i), i) ?? this.open(this.entered(i), i);
        }
        case "callbackReturns": {
          const begin = this.beginOfCallback(i);
          if (this.events[begin]!.kind === "callbackBegins" && this.inReactions(begin - 1)) return null;
          const outer = this.owner(begin - 1);
          return outer !== null && this.isClosed(outer, i) ? null : outer;
        }
        case "requestBegins":
          if (this.way === "batches" || this.inReactions(i - 1) || this.depth(i - 1) > 0) return account;
          break;
        case "batchEnds":
          if (!this.inReactions(i)) return null;
          break;
        case "sleeps":
          return null;
      }
    }
    return null;
  }

  private findReactions(index: number): boolean {
    for (let i = index; i >= 0; i--) {
      switch (this.events[i]!.kind) {
        case "reactionBegins":
          return this.depth(i) === 0 || this.inReactions(i - 1);
        case "callbackBegins":
          return false;
        case "contextChanged":
        case "scopeBegins":
        case "scopeEnds":
          if (this.way === "batches" && this.owner(i) !== this.owner(i - 1)) return false;
          break;
        case "batchEnds":
          if (!this.hasReacted(i)) return false;
      }
    }
    return false;
  }

  /** Whether a reaction has begun since the last end that was reported. */
  private hasReacted(end: number): boolean {
    for (let i = end - 1; i >= 0; i--) {
      const { kind } = this.events[i]!;
      if (kind === "reactionBegins") return true;
      if (kind === "batchEnds") return false;
    }
    return false;
  }

  private findOutside(index: number): Outside {
    for (let i = index; i >= 0; i--) {
      const { kind, account = null } = this.events[i]!;
      const isNobodys = this.owner(i) === null;
      const endsReactions = this.inReactions(i - 1) && !this.inReactions(i) && this.depth(i - 1) === 0;
      switch (kind) {
        case "callbackBegins":
        case "contextChanged":
        case "scopeBegins":
        case "scopeEnds":
          if (kind !== "callbackBegins" && this.way !== "batches") break;
          if (kind === "scopeEnds" && this.beginOfScope(i) < 0) break;
          if (isNobodys) return this.startedBy(account === this.entered(i) ? null : account, i);
          if (endsReactions) return undefined;
          break;
        case "nestedBegins":
          if (isNobodys) return this.startedBy(account, i);
          break;
        case "reactionBegins":
          if (isNobodys) return this.startedBy(account, i);
          break;
        case "callbackReturns":
          if (this.depth(i) === 0 && !this.inReactions(i)) return undefined;
          break;
        case "batchEnds":
          if (this.way === "batches" && !this.inReactions(i)) return undefined;
          if (endsReactions) return undefined;
      }
    }
    return undefined;
  }

  private startedBy(source: Account | null, index: number): Outside {
    return source !== null || this.isAnyOpen(index) ? { source } : undefined;
  }

  private isAnyOpen(index: number): boolean {
    return this.events.some(({ kind, account, within }) =>
      kind === "opens" && within <= index && !this.isClosed(account!, index)
    );
  }

  private isClosed(account: Account, index: number): boolean {
    return this.events.some((event) =>
      event.kind === "closes" && event.account === account && event.within <= index
    );
  }

  private open(account: Account | null, index: number): Account | null {
    if (account === null || !this.isClosed(account, index)) return account;
    const { successor = null } = account;
    return successor === null || this.isClosed(successor, index) ? null : successor;
  }

  /** The request that came in in this batch. */
  private entered(index: number): Account | null {
    if (this.way !== "batches") return null;
    for (let i = index; i >= 0; i--) {
      const { kind, account } = this.events[i]!;
      if (kind === "batchEnds") return null;
      if (kind === "requestBegins" && !this.inReactions(i - 1)) return account!;
    }
    return null;
  }

  private beginOfCallback(end: number): number {
    for (let i = end; i >= 0; i--) {
      if (i < end && this.depth(i) === this.depth(end) + 1 && this.depth(i - 1) === this.depth(end)) return i;
    }
    throw new Error(`Nothing has begun that ends at ${end}`);
  }

  private beginOfScope(end: number): number {
    let inner = 0;
    for (let i = end - 1; i >= 0; i--) {
      const { kind } = this.events[i]!;
      if (kind === "batchEnds") return -1;
      if (kind === "scopeEnds") inner++;
      if (kind === "scopeBegins" && inner-- === 0) return i;
    }
    return -1;
  }
}
