/** Which request uses the connections that this process makes, on Node. */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { type Server, Socket } from "node:net";
import { guarded } from "../guarded.ts";
import { type Account, running } from "../ledger.ts";
import { observe } from "../observed.ts";
import { findUsersBy, type Incoming, noteCall } from "../self_calls.ts";

type Message = Readonly<Record<string, object>>;

const sockets = new Set<Socket>();
const users = new WeakMap<object, Account>();
/** What forgets a call, by the request of Node's client or the stream of HTTP/2 that makes it. */
const forgetting = new WeakMap<object, () => void>();
const MANY = 64;
let checked = 0;

/** Starts to notice connections, and the requests on them of Node's clients and of undici, which `fetch` is made of. */
export function followOwnConnections(): void {
  observe(Socket.prototype, "connect", guarded((socket) => use(socket as Socket, running())));
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
  if (incoming.remotePort === undefined) return null;
  for (const socket of sockets) if (isSame(socket, incoming)) return users.get(socket) ?? null;
  return null;
}

function isSame(socket: Socket | null | undefined, incoming: Incoming | undefined): boolean {
  return incoming?.remotePort !== undefined && socket?.localPort === incoming.remotePort && !socket.destroyed;
}

/** Where the server of a connection listens, if that has a path. */
function pathOf(incoming: Incoming | undefined): string | undefined {
  const address = (incoming?.server as Server | null | undefined)?.address?.();
  return typeof address === "string" ? address : undefined;
}
