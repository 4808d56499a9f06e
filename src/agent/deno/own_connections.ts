/** Which request makes the requests of this process's own, on Deno: by the connection where that is seen, else by the URL. */
import type { Microseconds } from "../../units.ts";
import type { ClientRequest } from "node:http";
import { can } from "../capabilities.ts";
import { now } from "../clock.ts";
import { guarded } from "../guarded.ts";
import { intercept } from "../intercept.ts";
import { followOwnConnections as followNodesConnections } from "../node/own_connections.ts";
import { observe } from "../observed.ts";
import { original } from "../originals.ts";
import { deno } from "./runtime.ts";
import { type Incoming, noteCall } from "../self_calls.ts";

/** If one of the same URL that was made elsewhere was taken for it, the next one is taken after this time. */
const TAKEN_AGAIN_AFTER: Microseconds = 200_000;

/** Where a connection of Deno's begins. */
interface Conn {
  readonly localAddr: { readonly port?: number };
  readonly remoteAddr: { readonly port?: number };
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
  if (!can.runNodesHttp.probe()) followClientRequests();
  for (const name of ["connect", "connectTls"]) {
    intercept(deno!, name, (target, self, args) => {
      let conn: Conn | undefined;
      const { path } = Object(args[0]) as { path?: unknown };
      const mayBeIt = firstSince({ againAfter: Infinity });
      const forget = noteCall(({ incoming, cameAt }) =>
        incoming !== undefined &&
        (path === undefined ? isOver(conn, incoming) : incoming.path === path && mayBeIt(cameAt))
      );
      return settling(
        Reflect.apply(target, self, args),
        (it) => it === undefined ? forget() : conn = it as Conn,
      );
    });
  }
}

/** Up to 2.6 requests of `node:http` have no socket of Node's. */
function followClientRequests(): void {
  const { ClientRequest } = require("node:http") as typeof import("node:http");
  const note = guarded((it: unknown) => {
    const request = it as ClientRequest;
    request.once("close", noteUrl(`http://${request.getHeader("host")}${request.path}`));
  });
  observe(ClientRequest.prototype, "onSocket", note);
}

/** Whether these are the two ends of a connection: another host may have the same port. */
function isOver(conn: Conn | undefined, { remotePort, localPort }: Incoming): boolean {
  if (remotePort === undefined || conn?.localAddr.port !== remotePort) return false;
  return localPort === undefined || conn.remoteAddr.port === localPort;
}

/** Whether one that came in then may be meant, where nothing tells: the first that came since, and after some time another. */
function firstSince({ againAfter }: { againAfter: Microseconds }): (cameAt: Microseconds) => boolean {
  let takenAt = -Infinity;
  const madeAt = now();
  return (cameAt) => {
    if (cameAt < madeAt || now() < takenAt + againAfter) return false;
    takenAt = now();
    return true;
  };
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
  // Whoever asks an object for its class gets what the global is.
  Object.defineProperty(target.prototype, "constructor", { value, configurable: true, writable: true });
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
  const mayBeIt = firstSince({ againAfter: TAKEN_AGAIN_AFTER });
  return noteCall((asked) => asked.url() === url && mayBeIt(asked.cameAt));
}
