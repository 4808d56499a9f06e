/** Requests that this process makes itself: where they come in again, which request has made them. */
import type { Microseconds } from "../units.ts";
import { type Account, running } from "./ledger.ts";
import { beginCalled, hasTurn } from "./turns.ts";

/** What is known of the other end of a connection that came in. */
export interface Incoming {
  readonly remotePort?: number | undefined;
  /** Undefined where the runtime does not tell it. */
  readonly localPort?: number | undefined;
  readonly server?: unknown;
  /** Where its server listens, if that is a path and there is no `server` to ask. */
  readonly path?: string | undefined;
}

/** A request that came in and may be one of this process's own. */
export interface Asked {
  /** Undefined once the connection is gone. */
  readonly incoming: Incoming | undefined;
  readonly cameAt: Microseconds;
  /** Without its scheme. */
  url(): string;
}

/** A request that is on its way to a server, maybe this one. */
export interface Call {
  /** The request that makes it. */
  readonly by: Account;
  /** Whether this is it. */
  matches(asked: Asked): boolean;
}

/** Only those of requests that have the turn: others wait for nobody. */
let calls: Call[] = [];
let find: (asked: Asked) => Account | null = () => null;

/** `look` knows who uses a connection that this process has made. */
export function findUsersBy(look: (asked: Asked) => Account | null): void {
  find = look;
}

/** The present request makes a request. Gives what forgets it again. */
export function noteCall(matches: Call["matches"]): () => void {
  const by = running();
  if (!hasTurn(by)) return () => {};
  const call: Call = { by, matches };
  calls = [...calls.filter((it) => hasTurn(it.by)), call];
  beginCalled();
  return () => void (calls = calls.filter((it) => it !== call));
}

/** The request that has made this one; null if none is known. */
export function callerOf(asked: Asked): Account | null {
  const call = calls.find((it) => hasTurn(it.by) && it.matches(asked));
  return call === undefined ? find(asked) : call.by;
}
