/** Where the first server of this thread listens. */
import type { Address } from "../protocol/messages.ts";

/** A server of Node's, or what `Deno.serve` gives. */
interface Listening {
  address?(): unknown;
  readonly addr?: unknown;
}

/** Servers that did not listen when we looked last: the first of a program may fail to. */
let waiting: Listening[] = [];
const MOST = 16;

let address: Address | undefined;

/** A server is about to listen, or does. */
export function noteServer(server: unknown): void {
  if (typeof address !== "number" && waiting.length < MOST) waiting.push(server as Listening);
}

/** The port of the first that listens on one, else the path of the first that listens; undefined while none does. */
export function listeningAddress(): Address | undefined {
  if (typeof address === "number") return address;
  const found = waiting.map((server) => addressOf(server.addr ?? server.address?.())).filter((it) =>
    it !== undefined
  );
  address = found.find((it) => typeof it === "number") ?? address ?? found[0];
  if (typeof address === "number") waiting = [];
  return address;
}

/** Node gives the path of a socket or pipe as it is, Deno in an object. */
function addressOf(address: unknown): Address | undefined {
  if (typeof address === "string") return address;
  const { port, path } = (address ?? {}) as { readonly port?: unknown; readonly path?: unknown };
  if (typeof port === "number") return port;
  return typeof path === "string" ? path : undefined;
}
