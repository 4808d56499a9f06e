/**
 * Requests whose bodies come late because they have waited for their turn: Node's `requestTimeout` counts from their first byte.
 *
 * When that is over Node emits `clientError` on the server, once for each request, and closes the connection if nobody listens
 * (lib/_http_server.js, unchanged from 18 to 26). For these it is told that somebody does.
 */
import { filterEmits } from "./held_events.ts";
import type { HttpEvent } from "./http_message.ts";

interface Excused {
  readonly events: Set<HttpEvent>;
  /** The server emits everything again. */
  readonly restore: () => void;
}

const servers = new Map<object, Excused>();

/** The request of this event may come as late as it likes. */
export function excuse(server: object, event: HttpEvent): void {
  let excused = servers.get(server);
  if (excused === undefined) {
    const events = new Set<HttpEvent>();
    const restore = filterEmits(server, (name, [, error, socket]) => {
      const isLate = name === "clientError" &&
        (error as NodeJS.ErrnoException).code === "ERR_HTTP_REQUEST_TIMEOUT";
      return !isLate || ![...events].some((it) => it.socket === socket);
    });
    excused = { events, restore };
    servers.set(server, excused);
  }
  excused.events.add(event);
}

/** Lets go of those that are whole by now; to be called now and then. */
export function sweepExcused(): void {
  for (const [server, { events, restore }] of servers) {
    for (const event of events) if (event.request.complete || event.socket.destroyed) events.delete(event);
    if (events.size > 0) continue;
    restore();
    servers.delete(server);
  }
}
