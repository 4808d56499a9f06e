/**
 * Requests whose bodies come late because they have waited for their turn: Node's `requestTimeout` counts from their first byte.
 *
 * When that is over Node emits `clientError` on the server, once for each request, and closes the connection if nobody listens
 * (lib/_http_server.js, unchanged from 18 to 26). For these it is told that somebody does.
 */
import { filterEmits } from "./held_events.ts";
import type { HttpEvent } from "./http_message.ts";

/** By server. */
const excused = new WeakMap<object, Set<HttpEvent>>();

/** The request of this event may come as late as it likes. */
export function excuse(server: object, event: HttpEvent): void {
  const known = excused.get(server);
  if (known !== undefined) {
    known.add(event);
    return;
  }
  const events = new Set([event]);
  excused.set(server, events);
  const restore = filterEmits(server, (name, [, error, socket]) => {
    const isLate = name === "clientError" &&
      (error as NodeJS.ErrnoException).code === "ERR_HTTP_REQUEST_TIMEOUT";
    const isExcused = isLate && [...events].some((it) => it.socket === socket);
    for (const it of events) if (it.request.complete || it.socket.destroyed) events.delete(it);
    if (events.size === 0) {
      restore();
      excused.delete(server);
    }
    return !isExcused;
  });
}
