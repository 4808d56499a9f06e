/** Which request uses the connections that this process makes by Node's modules. */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { guarded } from "../guarded.ts";
import { intercept } from "../intercept.ts";
import { type Account, running } from "../ledger.ts";
import { isOverPath, leadsToPath, noteOwnPath, noteUse } from "./path_ends.ts";
import { type Asked, findUsersBy, noteCall } from "../self_calls.ts";
import { hasTurn } from "../turns.ts";

type Message = Readonly<Record<string, object>>;

/** Of requests that have the turn: others wait for nobody. */
const sockets = new Map<Socket, Account>();
/** From so many on, those that serve nothing any more are forgotten. */
const MANY = 64;
/** Of requests of undici. */
const makers = new WeakMap<object, Account>();
/** What forgets a call, by the request of Node's client or the stream of HTTP/2 that makes it. */
const forgetting = new WeakMap<object, () => void>();

/** Starts to notice connections, and the requests on them of Node's clients and of undici, which `fetch` is made of. */
export function followOwnConnections(): void {
  // Deno loads what nobody asks for at a price.
  const { Socket } = require("node:net") as typeof import("node:net");
  const noteConnect = guarded(connecting);
  intercept(Socket.prototype, "connect", (target, self, args) => {
    noteConnect(self as Socket, args);
    return Reflect.apply(target, self, args);
  });
  on("http.client.request.start", ({ request }) => noteHttp(request as ClientRequest));
  on("http.client.response.finish", ({ request }) => forgetting.get(request!)?.());
  // https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
  on("undici:request:create", ({ request }) => {
    const by = running();
    if (by !== null) makers.set(request!, by);
  });
  on(
    "undici:client:sendHeaders",
    ({ request, socket }) => use(socket as Socket, makers.get(request!) ?? null),
  );
  // Node 24 and newer.
  on("http2.client.stream.created", ({ stream }) => {
    const { session } = stream as { session?: { socket?: Socket } };
    forgetting.set(stream!, noteCall((asked) => isOver(session?.socket, asked)));
  });
  on("http2.client.stream.close", ({ stream }) => forgetting.get(stream!)?.());
  findUsersBy(userOf);
}

function on(channel: string, act: (message: Message) => void): void {
  subscribe(channel, guarded((message: unknown) => act(message as Message)));
}

/** `socket.connect(options)`, `(path)`, `(port, host)`, or with all of these in an array, as Node's own modules call it. */
function connecting(socket: Socket, [first]: unknown[]): void {
  const to: unknown = Array.isArray(first) ? first[0] : first;
  const path = typeof to === "string" ? to : (to as { path?: unknown } | null | undefined)?.path;
  if (typeof path === "string") noteOwnPath(socket, path);
  use(socket, running());
}

function noteHttp(request: ClientRequest): void {
  if (request.socket) noteUse(request.socket);
  forgetting.set(request, noteCall((asked) => isOver(request.socket, asked)));
}

function use(socket: Socket, by: Account | null): void {
  noteUse(socket);
  if (!hasTurn(by)) return void sockets.delete(socket);
  // While nobody waits, nobody asks whose they are.
  if (sockets.size >= MANY) forgetUseless();
  sockets.set(socket, by);
}

function forgetUseless(): void {
  for (const [socket, user] of sockets) if (socket.destroyed || !hasTurn(user)) sockets.delete(socket);
}

function userOf(asked: Asked): Account | null {
  for (const [socket, user] of sockets) {
    if (socket.destroyed || !hasTurn(user)) sockets.delete(socket);
    else if (isOver(socket, asked)) return user;
  }
  return null;
}

/** Whether a request came in over this connection of the process's own: another host may have the same port. */
function isOver(socket: Socket | null | undefined, asked: Asked): boolean {
  const { incoming } = asked;
  if (!socket || socket.destroyed || incoming === undefined) return false;
  if (leadsToPath(socket)) return isOverPath(socket, asked);
  if (incoming.remotePort === undefined || socket.localPort !== incoming.remotePort) return false;
  return incoming.localPort === undefined || socket.remotePort === incoming.localPort;
}
