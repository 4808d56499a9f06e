/** How `node:http` under Deno tells of requests: not all versions publish to the diagnostics channels. */
import type { ServerResponse } from "node:http";
import type { HttpEvent, ServerSocket } from "../node/http_message.ts";
import type { HttpObserver } from "../node/http.ts";
import { can } from "../capabilities.ts";
import { observe } from "../observed.ts";

/**
 * By what the runtime itself looks up on each response: `on` before it emits `request`; `detachSocket` when all is out, in Node's
 * own code, or `emit` where the response is a plain stream (2.5 and 2.6). `assignSocket` comes
 * too late where the last response on the connection is not quite out.
 */
export function watchResponses(on: HttpObserver): void {
  const { ServerResponse } = require("node:http") as typeof import("node:http");
  const prototype = ServerResponse.prototype;
  const started = new WeakSet<object>();
  const start = (response: unknown) => {
    const { req: request } = response as ServerResponse;
    if (request === undefined || request === null || started.has(response as object)) return;
    started.add(response as object);
    on.started({ request, response, socket: request.socket } as HttpEvent);
  };
  const answer = (response: ServerResponse) => on.answered(response, response.req.socket as ServerSocket);
  observe(prototype, "on", start);
  observe(prototype, "detachSocket", (response) => answer(response as ServerResponse));
  if (can.runNodesHttp.probe()) return;
  observe(prototype, "emit", (response) => {
    if ((response as ServerResponse).writableFinished) answer(response as ServerResponse);
  });
}
