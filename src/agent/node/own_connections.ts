/** Which request uses the connections that this process makes by Node's modules. */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Server, Socket } from "node:net";
import { guarded } from "../guarded.ts";
import { intercept } from "../intercept.ts";
import { type Account, running } from "../ledger.ts";
import { findUsersBy, type Incoming, noteCall } from "../self_calls.ts";

type Message = Readonly<Record<string, object>>;

const sockets = new Set<Socket>();
const users = new WeakMap<object, Account>();
/** Where sockets connect to that have a path in place of a port. */
const paths = new WeakMap<Socket, string>();
/** What forgets a call, by the request of Node's client or the stream of HTTP/2 that makes it. */
const forgetting = new WeakMap<object, () => void>();
const MANY = 64;
let checked = 0;

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
    if (by !== null) users.set(request!, by);
  });
  on(
    "undici:client:sendHeaders",
    ({ request, socket }) => use(socket as Socket, users.get(request!) ?? null),
  );
  // Node 24 and newer.
  on("http2.client.stream.created", ({ stream }) => {
    const { session } = stream as { session?: { socket?: Socket } };
    forgetting.set(stream!, noteCall((incoming) => isSame(session?.socket, incoming)));
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
  if (typeof path === "string") paths.set(socket, path);
  use(socket, running());
}

function noteHttp(request: ClientRequest & { socketPath?: string }): void {
  const matches = (incoming: Incoming | undefined) =>
    isSame(request.socket, incoming) ||
    (request.socketPath !== undefined && request.socketPath === pathOf(incoming));
  forgetting.set(request, noteCall(matches));
}

function use(socket: Socket, by: Account | null): void {
  sockets.add(socket);
  if (by === null) users.delete(socket);
  else users.set(socket, by);
  if (sockets.size < 2 * checked || sockets.size < MANY) return;
  for (const one of sockets) if (one.destroyed) sockets.delete(one);
  checked = sockets.size;
}

function userOf(incoming: Incoming): Account | null {
  if (incoming.remotePort === undefined) return userOfPath(pathOf(incoming));
  for (const socket of sockets) if (isSame(socket, incoming)) return users.get(socket) ?? null;
  return null;
}

/** Of connections to a path nothing tells which is which. */
function userOfPath(path: string | undefined): Account | null {
  if (path === undefined) return null;
  for (const socket of sockets) {
    const user = users.get(socket);
    if (user?.closed === false && !socket.destroyed && paths.get(socket) === path) return user;
  }
  return null;
}

/** Whether these are the two ends of a connection: another host may have the same port. */
function isSame(socket: Socket | null | undefined, incoming: Incoming | undefined): boolean {
  if (incoming?.remotePort === undefined || socket?.localPort !== incoming.remotePort) return false;
  return (incoming.localPort === undefined || socket.remotePort === incoming.localPort) && !socket.destroyed;
}

/** Where the server of a connection listens, if that has a path. */
function pathOf(incoming: Incoming | undefined): string | undefined {
  if (incoming?.path !== undefined) return incoming.path;
  const address = (incoming?.server as Server | null | undefined)?.address?.();
  return typeof address === "string" ? address : undefined;
}
