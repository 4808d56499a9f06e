/** What `Deno.serve` knows of a request, found without touching the `Request`: reading leaves traces in it. */

/** Parts of Deno's objects that are not in its documentation; this one is under a symbol of this name. */
const INNER = "request";
interface InnerRequest {
  readonly method?: unknown;
  url?(): unknown;
  onCancel?(callback: () => void): void;
}

let symbol: symbol | undefined;

function innerOf(request: Request): InnerRequest | undefined {
  symbol ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === INNER);
  return symbol === undefined ? undefined : Reflect.get(request, symbol);
}

/** The method and the whole URL. */
export function lineOf(request: Request): { method: string; url: string } {
  const inner = innerOf(request);
  const [method, url] = [inner?.method, inner?.url?.()];
  return {
    method: typeof method === "string" ? method : request.method,
    url: typeof url === "string" ? url : request.url,
  };
}

/**
 * Calls `act` when the connection is gone, or after the response: whoever cares must know which came first. Deno 2.9 warns
 * whoever asks for this and then answers; there nothing is asked, and a client that left before a body that is no stream
 * goes unnoticed.
 */
export function onCancel(request: Request, act: () => void): void {
  const inner = innerOf(request);
  if (typeof inner?.onCancel !== "function") return;
  warns ??= inner.onCancel.toString().includes("#signalAccessed");
  if (!warns) inner.onCancel(act);
}

let warns: boolean | undefined;
