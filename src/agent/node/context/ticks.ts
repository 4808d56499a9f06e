/** Whose the ticks are that wait: a tick runs once, soon, and has an async id, so that nothing need be kept on it. */
import type { Account } from "../../ledger.ts";

const ROOM = 1 << 12;

const asyncIds = new Float64Array(ROOM);
const accounts = new Array<Account | null>(ROOM).fill(null);

/** The tick with this async id waits; false if there is no room for it. */
export function putTick(asyncId: number, account: Account | null): boolean {
  const place = asyncId & (ROOM - 1);
  if (asyncIds[place] !== 0) return false;
  asyncIds[place] = asyncId;
  accounts[place] = account;
  return true;
}

/** Whose the waiting tick with this async id is, which now runs; undefined if none is known. */
export function takeTick(asyncId: number): Account | null | undefined {
  const place = asyncId & (ROOM - 1);
  if (asyncIds[place] !== asyncId) return undefined;
  const account = accounts[place]!;
  asyncIds[place] = 0;
  accounts[place] = null;
  return account;
}
