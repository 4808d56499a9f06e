/** How Node tells of requests: by its own diagnostics channels. https://nodejs.org/api/diagnostics_channel.html#http */
import { subscribe } from "node:diagnostics_channel";
import type { ServerWatch } from "./first_server.ts";
import type { HttpObserver } from "./http.ts";
import type { HttpEvent } from "./http_message.ts";

/** Tells of every request of HTTP/1 in this thread, and of every response that is out. */
export function watchChannels(servers: ServerWatch, on: HttpObserver): void {
  servers.onRequest((event) => on.started(event));
  subscribe("http.server.response.finish", (event) => {
    const { response, socket } = event as HttpEvent;
    on.answered(response, socket);
  });
}
