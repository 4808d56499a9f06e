/** Requests of `Deno.serve` whose turn has not come: the handler is called later, and the runtime has a promise of what it answers. */
import { AsyncResource } from "node:async_hooks";
import { now } from "../clock.ts";
import { lineOf, onCancel, splitUrl } from "./request.ts";
import type { ServeInfo } from "./runtime.ts";
import { callerOf } from "../self_calls.ts";
import { mustWait, wait } from "../turns.ts";

/** What is done with a request that has waited. */
export interface Held {
  readonly localPort: number | undefined;
  /** Calls the handler. */
  handle(): unknown;
  /** Its client has left. */
  drop(): void;
  /** The recording ends while it waits. */
  record(): void;
}

/** https://github.com/nginx/nginx/blob/master/src/http/ngx_http_request.h: the client has closed the connection; nobody gets it. */
const CLIENT_CLOSED = 499;

/** What the handler answers once the request's turn has come; undefined if it may begin now. */
export function held(
  [given, info]: unknown[],
  { localPort, handle, drop, record }: Held,
): Promise<unknown> | undefined {
  const request = given as Request;
  const { method, url } = lineOf(request);
  const { host, target } = splitUrl(url);
  const name = `${method} ${target.replace(/[?#].*/s, "")}`;
  const { port: remotePort, path } = (info as ServeInfo | undefined)?.remoteAddr ?? {};
  const asked = { incoming: { remotePort, localPort, path }, cameAt: now(), url: () => host + target };
  const caller = () => callerOf(asked);
  if (!mustWait({ name, caller })) return undefined;
  let isGone = false;
  onCancel(request, () => isGone = true);
  const context = new AsyncResource("profsrv");
  return new Promise((answer, fail) => {
    wait({
      name,
      caller,
      isGone: () => isGone,
      begin() {
        try {
          answer(context.runInAsyncScope(handle));
        } catch (error) {
          fail(error);
        }
      },
      drop() {
        drop();
        answer(new Response(null, { status: CLIENT_CLOSED }));
      },
      record,
    });
  });
}
