/**
 * Connections of this process's own to a server that listens at a path: nothing tells which of those that came in is the other end of
 * one. The first request that comes in after one was used, on a connection that is not older, is taken for it, and its connection
 * for the other end from then on.
 */
import type { Microseconds } from "../../units.ts";
import type { Server, Socket } from "node:net";
import { now } from "../clock.ts";
import type { Asked, Incoming } from "../self_calls.ts";

/** What is taken for the other end of a connection. */
interface End {
  readonly of: Incoming;
  readonly takenAt: Microseconds;
  /** How much had come and gone over the own connection, and had gone over the other one. */
  readonly read: number;
  readonly written: number;
  readonly answered: number;
}

/** An answer that has gone out by then has come in. */
const ON_ITS_WAY: Microseconds = 200_000;

interface OwnConnection {
  readonly path: string;
  usedAt: Microseconds;
  end?: End;
}

const connections = new WeakMap<Socket, OwnConnection>();
const taken = new WeakSet<Incoming>();

/** The connection goes to a path. */
export function noteOwnPath(socket: Socket, path: string): void {
  connections.set(socket, { path, usedAt: now() });
}

/** A request goes over the connection, wherever it leads. */
export function noteUse(socket: Socket): void {
  const own = connections.get(socket);
  if (own !== undefined) own.usedAt = now();
}

/** Whether the connection leads to a path. */
export function leadsToPath(socket: Socket): boolean {
  return connections.has(socket);
}

/** Whether a request came in over this connection to a path. */
export function isOverPath(socket: Socket, { incoming, cameAt }: Asked): boolean {
  const own = connections.get(socket);
  if (own === undefined || incoming === undefined || pathOf(incoming) !== own.path) return false;
  const { end } = own;
  // Of a server of `Deno.serve` all that is known is the path.
  const isKnown = incoming.server !== undefined;
  if (isKnown && end?.of === incoming) return true;
  const { bytesRead: read, bytesWritten: written } = socket;
  if (cameAt < own.usedAt || written === 0 || !mayBe(end, { isKnown, read, written })) return false;
  if (isKnown && (taken.has(incoming) || idOf(incoming) < idOf(socket))) return false;
  own.end = { of: incoming, takenAt: now(), read, written, answered: writtenTo(incoming) };
  if (isKnown) taken.add(incoming);
  return true;
}

/** Whether the other end of a connection, over which so much has come and gone, may be another than the one it was taken for. */
function mayBe(
  end: End | undefined,
  { isKnown, read, written }: { isKnown: boolean; read: number; written: number },
): boolean {
  if (end === undefined) return true;
  // An answer has come, and another request has gone.
  if (!isKnown) return read > end.read && written > end.written;
  // That has answered, or is gone, and here nothing has come.
  const isDone = writtenTo(end.of) > end.answered || (end.of as Partial<Socket>).destroyed === true;
  return read === end.read && isDone && now() - end.takenAt > ON_ITS_WAY;
}

function writtenTo(incoming: Incoming): number {
  return (incoming as Partial<Socket>).bytesWritten ?? 0;
}

/** They count up. */
function idOf(socket: unknown): number {
  const { _handle } = socket as { readonly _handle?: { getAsyncId?(): number } | null };
  return _handle?.getAsyncId?.() ?? 0;
}

/** Where the server of a connection listens, if that has a path. */
function pathOf(incoming: Incoming): string | undefined {
  if (incoming.path !== undefined) return incoming.path;
  const address = (incoming.server as Server | null | undefined)?.address?.();
  return typeof address === "string" ? address : undefined;
}
