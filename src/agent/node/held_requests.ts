/** Requests of HTTP/1 whose turn has not come: Node has read their headers, and the application gets them later. */
import type { ServerResponse } from "node:http";
import { now } from "../clock.ts";
import { excuse } from "./excused_requests.ts";
import { holdNextEmit, letNextEmit, type Means } from "./held_events.ts";
import { headerOf, type HttpEvent, type ServerSocket } from "./http_message.ts";
import { original } from "../originals.ts";
import { callerOf } from "../self_calls.ts";
import { mustWait, wait } from "../turns.ts";

/** What Node emits on the server for a request, right after it has told the channel of it. */
const EVENTS: ReadonlySet<unknown> = new Set(["request", "checkContinue", "checkExpectation"]);

/** Those that Node has not emitted. It answers some itself, such as one without `Host`. */
const unemitted = new WeakMap<ServerResponse, HttpEvent>();

/** What is done with a request that has waited. */
export interface Held {
  /** It begins. */
  begin(event: HttpEvent): void;
  /** Its client has left. */
  drop(event: HttpEvent): void;
  /** The recording ends while it waits. */
  record(event: HttpEvent): void;
}

/** Keeps a request back if it must wait. False if it may begin now. */
export function hold(event: HttpEvent, { begin, drop, record }: Held): boolean {
  const { request, response, socket } = event;
  const name = `${request.method} ${request.url?.replace(/[?#].*/s, "")}`;
  const url = () => headerOf(request, "host") + (request.url ?? "");
  const asked = { incoming: socket, cameAt: now(), url };
  const caller = () => callerOf(asked);
  if (!mustWait({ name, caller })) return false;
  const server = serverOf(event);
  const isMeant: Means = (name, args) => EVENTS.has(name) && args[1] === request;
  const isHeld = holdNextEmit(server, isMeant, (emit) => {
    unemitted.delete(response);
    const goOn = pauseTimeouts(event, server);
    wait({
      lookAfter: goOn.lookAfter,
      name,
      caller,
      isGone: () => socket.destroyed || response.destroyed,
      begin: () =>
        emit(() => {
          goOn.begin();
          begin(event);
        }),
      drop: () => drop(event),
      record: () => record(event),
    });
  });
  if (isHeld) unemitted.set(response, event);
  return isHeld;
}

/** The request that Node itself answers so, once. */
export function takeUnemitted(response: ServerResponse): HttpEvent | undefined {
  const event = unemitted.get(response);
  if (event !== undefined) letNextEmit(serverOf(event));
  unemitted.delete(response);
  return event;
}

/** Deno up to 2.6 does not lead from a request to its server: there the class has the property meanwhile. */
function serverOf({ server, socket }: HttpEvent): object {
  const found = server ?? (socket as { server?: object | null }).server;
  return found ?? (require("node:http") as typeof import("node:http")).Server.prototype;
}

/** Nothing that the application has set for its connections ends one because of others' requests. `begin` lets the time run again. */
function pauseTimeouts(event: HttpEvent, server: object): { lookAfter(): void; begin(): void } {
  const { request, response, socket } = event;
  const goOn: (() => void)[] = [];
  let isPaused = false;
  // While an earlier request of its connection is not answered, that one's time counts.
  const lookAfter = () => {
    if (isPaused || socket._httpMessage !== response) return;
    isPaused = true;
    goOn.push(pauseTimeout(socket));
  };
  lookAfter();
  // A request without a body is whole when its headers are.
  original.nextTick(() => {
    if (!request.complete && !socket.destroyed) goOn.push(excuse(server, event));
  });
  return { lookAfter, begin: () => goOn.forEach((it) => it()) };
}

/** A connection's inactivity does not count for a while. The returned function starts its timeout anew. */
export function pauseTimeout(socket: Pick<ServerSocket, "timeout" | "setTimeout">): () => void {
  const { timeout = 0 } = socket;
  if (timeout === 0) return () => {};
  socket.setTimeout(0);
  return () => {
    if (socket.timeout === 0) socket.setTimeout(timeout);
  };
}
