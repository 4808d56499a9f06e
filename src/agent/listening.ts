/** Where the first server of this thread listens. */
import type { Address } from "../protocol/messages.ts";

/** A server of Node's, or what `Deno.serve` gives. */
interface Server {
  address?(): unknown;
  readonly addr?: unknown;
}

/** So many servers are remembered that do not listen yet. */
const MOST = 16;

export class ListeningServers {
  /** Those that did not listen when we looked last: the first of a program may fail to. */
  private waiting: Server[] = [];
  private found: Address | undefined;

  /** A server is about to listen, or does. */
  note(server: unknown): void {
    if (typeof this.found !== "number" && this.waiting.length < MOST) this.waiting.push(server as Server);
  }

  /** The port of the first that listens on one, else the path of the first that listens; undefined while none does. */
  address(): Address | undefined {
    if (typeof this.found === "number") return this.found;
    const all = this.waiting.map((server) => addressOf(server.addr ?? server.address?.()))
      .filter((it) => it !== undefined);
    this.found = all.find((it) => typeof it === "number") ?? this.found ?? all[0];
    if (typeof this.found === "number") this.waiting = [];
    return this.found;
  }
}

/** Node gives the path of a socket or pipe as it is, Deno in an object. */
function addressOf(address: unknown): Address | undefined {
  if (typeof address === "string") return address;
  const { port, path } = (address ?? {}) as { readonly port?: unknown; readonly path?: unknown };
  if (typeof port === "number") return port;
  return typeof path === "string" ? path : undefined;
}
