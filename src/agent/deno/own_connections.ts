/** Which request makes the requests of this process's own, on Deno: by the connection where that is seen, else by the URL. */
import type { Microseconds } from "../../units.ts";
import { now } from "../clock.ts";
import { intercept } from "../intercept.ts";
import { followOwnConnections as followNodesConnections } from "../node/own_connections.ts";
import { original } from "../originals.ts";
import { deno } from "./runtime.ts";
import { splitUrl } from "./request.ts";
import { type Incoming, noteCall } from "../self_calls.ts";
import { holderCount } from "../turns.ts";

/**
 * If a request of the same URL that was made elsewhere was taken for it, the next one is taken after this time. If the one that was taken
 * is over by then, the answer was a redirection: the next one may have any path.
 */
const TAKEN_AGAIN_AFTER: Microseconds = 200_000;

/** Where a connection of Deno's begins. */
interface Conn {
  readonly localAddr: { readonly port?: number };
}

/** Starts to notice what this process asks for. */
export function followOwnConnections(): void {
  followNodesConnections();
  intercept(globalThis, "fetch", (target, self, args) => {
    const [input] = args;
    const forget = noteUrl(input instanceof Request ? input.url : input);
    return settling(Reflect.apply(target, self, args), forget);
  });
  for (const name of ["WebSocket", "EventSource"] as const) followClass(name);
  for (const name of ["connect", "connectTls"]) {
    intercept(deno!, name, (target, self, args) => {
      let conn: Conn | undefined;
      const { path } = Object(args[0]) as { path?: unknown };
      const forget = noteCall((incoming) =>
        incoming !== undefined &&
        (path === undefined ? isFrom(conn, incoming) : incoming.path === path)
      );
      return settling(Reflect.apply(target, self, args), (it) => it === undefined ? forget() : conn = it as Conn);
    });
  }
}

function isFrom(conn: Conn | undefined, { remotePort }: Incoming): boolean {
  return remotePort !== undefined && conn?.localAddr.port === remotePort;
}

/** The application gets what comes of it: a rejection that the agent had heard would pass for one that is handled. */
function settling(answer: unknown, then: (value?: unknown) => void): unknown {
  if (!(answer instanceof Promise)) return answer;
  return original.then.call(answer, (value) => {
    then(value);
    return value;
  }, (reason) => {
    then();
    throw reason;
  });
}

/** Notices what is asked for by objects of a class. */
function followClass(name: "WebSocket" | "EventSource"): void {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  const target: unknown = Reflect.get(globalThis, name);
  if (own === undefined || typeof target !== "function") return;
  const value = new Proxy(target, {
    construct(target, args, newTarget) {
      const forget = noteUrl(args[0]);
      const made = Reflect.construct(target, args, newTarget) as EventTarget;
      for (const event of ["open", "error"]) made.addEventListener(event, forget, { once: true });
      return made;
    },
  });
  Object.defineProperty(globalThis, name, {
    value,
    configurable: true,
    enumerable: own.enumerable ?? false,
    writable: true,
  });
}

function noteUrl(input: unknown): () => void {
  let url: string;
  try {
    const { host, pathname, search } = new URL(String(input));
    url = host + pathname + search;
  } catch {
    return () => {};
  }
  const hostOf = (it: string) => splitUrl(`://${it}`).host;
  const host = hostOf(url);
  let takenAt: Microseconds | undefined;
  return noteCall((_, asked) => {
    const isLate = takenAt !== undefined && now() - takenAt >= TAKEN_AGAIN_AFTER;
    if (takenAt !== undefined && !isLate) return false;
    if (asked !== url && !(isLate && holderCount() === 1 && hostOf(asked) === host)) return false;
    takenAt = now();
    return true;
  });
}
