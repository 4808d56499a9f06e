/** On which port the first server of this thread listens. */

/** A server of Node's, or what `Deno.serve` gives. */
interface Listening {
  address?(): unknown;
  readonly addr?: unknown;
}

/** Servers that did not listen when we looked last: the first of a program may fail to. */
let waiting: Listening[] = [];
const MOST = 16;

let port: number | undefined;

/** A server is about to listen, or does. */
export function noteServer(server: unknown): void {
  if (port === undefined && waiting.length < MOST) waiting.push(server as Listening);
}

/** The port of the first that listens; undefined while none does, or only on paths. */
export function listeningPort(): number | undefined {
  for (const server of waiting) {
    port ??= portOf(server.addr ?? server.address?.());
  }
  if (port !== undefined) waiting = [];
  return port;
}

function portOf(address: unknown): number | undefined {
  const { port } = (address ?? {}) as { readonly port?: unknown };
  return typeof port === "number" ? port : undefined;
}
