/** Requests that this process makes itself: where they come in again, which request has made them. */
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

/** A request that is on its way to a server, maybe this one. */
export interface Call {
  /** The request that makes it. */
  readonly by: Account;
  /** Whether this is it, as it comes in on `incoming` for a URL without its scheme. */
  matches(incoming: Incoming | undefined, url: string): boolean;
}

/** Only those of requests that have the turn: others wait for nobody. */
let calls: Call[] = [];
let find: (incoming: Incoming) => Account | null = () => null;

/** `look` knows who uses a connection that this process has made. */
export function findUsersBy(look: (incoming: Incoming) => Account | null): void {
  find = look;
}

/** The present request makes a request. Gives what forgets it again. */
export function noteCall(matches: Call["matches"]): () => void {
  const by = running();
  if (!hasTurn(by)) return () => {};
  const call: Call = { by, matches };
  calls = [...calls.filter((it) => !it.by.closed), call];
  beginCalled();
  return () => void (calls = calls.filter((it) => it !== call));
}

/** The request that has made the one that comes in so; null if none is known. */
export function callerOf(incoming: Incoming | undefined, url: string): Account | null {
  if (calls.length > 0) {
    const call = calls.find((it) => !it.by.closed && it.matches(incoming, url));
    if (call !== undefined) return call.by;
  }
  return incoming === undefined ? null : find(incoming);
}
