/**
 * Events of a connection happen in the connection's own context, not in that of the request on it (nodejs/node#41285):
 * this is the account that a connection's handle or parser works for at present, by async id.
 */
import type { Account } from "./ledger.ts";

/** The account that a connection works for, at any time. */
export interface ConnectionOwner {
  readonly account: Account | null;
}

const owners = new Map<number, ConnectionOwner>();

/** Events on the handle or parser with this async id belong to the account that `owner` names, unless their own context names another. */
export function bind(asyncId: number, owner: ConnectionOwner): void {
  owners.set(asyncId, owner);
}

/** Takes `bind` back, unless another has taken the connection over. */
export function unbind(asyncId: number, owner: ConnectionOwner): void {
  if (owners.get(asyncId) === owner) owners.delete(asyncId);
}

/** The owner of the handle or parser with this async id; undefined if it is not one of a connection. */
export function ownerAt(asyncId: number): ConnectionOwner | undefined {
  return owners.get(asyncId);
}

/** The request that owns the handle or parser with this async id. */
export function accountAt(asyncId: number): Account | null {
  return ownerAt(asyncId)?.account ?? null;
}

/** The request that what is kept in a context stands for: it, or its successor once it is closed. */
export function openOf(account: Account | null): Account | null {
  if (account === null || !account.closed) return account;
  const { successor = null } = account;
  return successor !== null && !successor.closed ? successor : null;
}
