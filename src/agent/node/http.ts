/** Requests of `node:http` and `node:https` servers: nothing of the application's objects is wrapped or changed. */
import type { ServerResponse } from "node:http";
import type { TriggerConfig } from "../../protocol/messages.ts";
import { guarded } from "../guarded.ts";
import { Connection, type Connections, HttpExchange } from "./http_exchange.ts";
import { hold, takeUnemitted } from "./held_requests.ts";
import type { HttpEvent, ServerSocket } from "./http_message.ts";
import { running } from "../ledger.ts";
import { closeIfOver, isRecording } from "../requests.ts";
import { areTaken, takeTurn } from "../turns.ts";
import { makeTrigger } from "../trigger.ts";

/** What a runtime tells of requests. */
export interface HttpObserver {
  started(event: HttpEvent): void;
  answered(response: ServerResponse, socket: ServerSocket | null): void;
}

const bySocket = new WeakMap<ServerSocket, Connection>();
const connections = new Set<Connection>();

let look: ReturnType<typeof makeTrigger> | undefined;
let contexts: Connections;

/**
 * Starts recording the requests of every HTTP and HTTPS server in this thread. What this returns lets go of closed
 * connections, and is to be called now and then.
 */
export function recordHttpRequests(
  trigger: TriggerConfig | undefined,
  by: { readonly connections: Connections; readonly watch: (on: HttpObserver) => void },
): () => void {
  if (trigger !== undefined) look = makeTrigger(trigger);
  contexts = by.connections;
  by.watch({ started: guarded(started), answered: guarded(answered) });
  return sweep;
}

function sweep(): void {
  for (const connection of connections) {
    if (isRecording() && !connection.isGone()) continue;
    connection.leave();
    connections.delete(connection);
  }
}

function started(event: HttpEvent): void {
  if (!isRecording()) return;
  const connection = connectionOf(event.socket);
  if (connection.exchangeOf(event.response) !== undefined) return;
  if (areTaken() && hold(event, { begin, drop, record })) return;
  beginOn(connection, event);
}

function begin(event: HttpEvent): void {
  if (isRecording()) beginOn(connectionOf(event.socket), event);
}

function beginOn(connection: Connection, event: HttpEvent): void {
  const { self } = recordOn(connection, event);
  takeTurn(self);
  contexts.enter(self, self.startAt);
  contexts.expectReader?.(event.request, self);
}

function drop(event: HttpEvent): void {
  const exchange = record(event);
  exchange.abandon();
  closeIfOver(exchange.self);
}

function record(event: HttpEvent): HttpExchange {
  return recordOn(connectionOf(event.socket), event);
}

function recordOn(connection: Connection, event: HttpEvent): HttpExchange {
  const exchange = new HttpExchange(event, { connection, look });
  connection.add(exchange);
  return exchange;
}

function connectionOf(socket: ServerSocket): Connection {
  let connection = bySocket.get(socket);
  if (connection === undefined) {
    connection = new Connection(socket, contexts);
    bySocket.set(socket, connection);
    connections.add(connection);
  }
  return connection;
}

function answered(response: ServerResponse, socket: ServerSocket | null): void {
  const exchange = exchangeOf(response, socket);
  if (exchange === undefined) return;
  exchange.answered();
  // Deno 2.7 announces no callback of a write: where this is none of the request's, no end of one would tell.
  if (running() !== exchange.self) closeIfOver(exchange.self);
}

function exchangeOf(response: ServerResponse, socket: ServerSocket | null): HttpExchange | undefined {
  const found = socket === null ? undefined : bySocket.get(socket)?.exchangeOf(response);
  if (found !== undefined || !areTaken()) return found;
  const event = takeUnemitted(response);
  return event === undefined ? undefined : record(event);
}
