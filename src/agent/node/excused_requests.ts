/**
 * Requests whose bodies come late because they have waited for their turn: Node's `requestTimeout` counts from their first byte.
 *
 * When that is over Node emits `clientError` on the server, once for each request, and closes the connection if nobody listens
 * (lib/_http_server.js, unchanged from 18 to 26). For these that is done later: by as long as they have waited.
 */
import type { EventEmitter } from "node:events";
import type { Microseconds } from "../../units.ts";
import { now } from "../clock.ts";
import { filterEmits } from "./held_events.ts";
import type { HttpEvent } from "./http_message.ts";
import { original } from "../originals.ts";

const TIMED_OUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/** A request that has waited, or still does. */
class Excused {
  private readonly event: HttpEvent;
  private readonly cameAt: Microseconds = now();
  private beganAt: Microseconds | undefined;
  /** Node has said that its time is over. */
  private expired: { readonly error: unknown; readonly at: Microseconds } | undefined;

  constructor(event: HttpEvent) {
    this.event = event;
  }

  isOf(socket: unknown): boolean {
    return this.event.socket === socket;
  }

  get isOver(): boolean {
    return this.event.request.complete || this.event.socket.destroyed;
  }

  begin(): void {
    this.beganAt = now();
    this.schedule();
  }

  expire(error: unknown): void {
    this.expired = { error, at: now() };
    this.schedule();
  }

  private schedule(): void {
    const { beganAt, cameAt, expired } = this;
    if (beganAt === undefined || expired === undefined) return;
    const at = expired.at + (beganAt - cameAt);
    original.setTimeout(() => this.close(expired.error), (at - now()) / 1000).unref();
  }

  /** As Node does it. What a listener of the application's throws is the process's. */
  private close(error: unknown): void {
    if (this.isOver) return;
    const { socket } = this.event;
    const { server } = socket as { server?: EventEmitter };
    if (server?.emit("clientError", error, socket)) return;
    if (socket.writable && socket._httpMessage?.headersSent !== true) socket.write(TIMED_OUT);
    socket.destroy(error as Error);
  }
}

/** By server. */
const excused = new WeakMap<object, Set<Excused>>();

/** The time in which the request of this event waits does not count. The returned function says that it has begun. */
export function excuse(server: object, event: HttpEvent): () => void {
  const one = new Excused(event);
  const known = excused.get(server);
  if (known !== undefined) known.add(one);
  else {
    const all = new Set([one]);
    excused.set(server, all);
    watch(server, all);
  }
  return () => one.begin();
}

function watch(server: object, all: Set<Excused>): void {
  const restore = filterEmits(server, (name, [, error, socket]) => {
    const isLate = name === "clientError" &&
      (error as NodeJS.ErrnoException | undefined)?.code === "ERR_HTTP_REQUEST_TIMEOUT";
    const meant = isLate ? [...all].find((it) => it.isOf(socket) && !it.isOver) : undefined;
    meant?.expire(error);
    for (const it of all) if (it === meant || it.isOver) all.delete(it);
    if (all.size === 0) {
      restore();
      excused.delete(server);
    }
    return meant === undefined;
  });
}
