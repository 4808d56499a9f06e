/** What `Deno.serve` knows of a request, found without touching the `Request`: reading leaves traces in it, and costs. */
import type { Account } from "../ledger.ts";
import { observe } from "../observed.ts";

/** Parts of Deno's objects that are not in its documentation; this one is under a symbol of this name. */
const INNER = "request";
const WATCHER = Symbol("profsrv");
interface InnerRequest {
  readonly method?: unknown;
  readonly headerList?: unknown;
  url?(): unknown;
  /** From 2.9 on; gives null where there is none. */
  header?(name: string): unknown;
  onCancel?(callback: () => void): void;
  [WATCHER]?: Watcher;
}

/** What records a request. */
export interface Watcher {
  readonly self: Account;
  /** The application has not looked at the headers yet. */
  isUnread: boolean;
  /** The runtime lets go of the request: a response at hand goes out now, an upgrade has begun, or a stream has ended. */
  closed(): void;
}

let symbol: symbol | undefined;

function innerOf(request: Request): InnerRequest | undefined {
  symbol ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === INNER);
  return symbol === undefined
    ? undefined
    : (request as unknown as Record<symbol, InnerRequest | undefined>)[symbol];
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

/** `https://host:1/path?query` as what stood in the request. */
export function splitUrl(url: string): { host: string; target: string } {
  const start = url.indexOf("://") + 3;
  const end = url.slice(start).search(/[/?#]/);
  if (end < 0) return { host: url.slice(start), target: "/" };
  return { host: url.slice(start, start + end), target: url.slice(start + end) };
}

/** A header by its lower-case name. */
export function headerOf(request: Request, name: string): string | undefined {
  const inner = innerOf(request);
  if (typeof inner?.header !== "function") return headersOf(request).find(([key]) => key === name)?.[1];
  const value = inner.header(name);
  return typeof value === "string" ? value : undefined;
}

/** All headers, their names in lower case. */
export function headersOf(request: Request): readonly (readonly [string, string])[] {
  const list = innerOf(request)?.headerList;
  return Array.isArray(list) ? list : [...request.headers];
}

/** Has `watcher` told of the request. False if this version does not tell when it is closed. */
export function watch(request: Request, watcher: Watcher): boolean {
  const inner = innerOf(request);
  if (inner === undefined) return false;
  inner[WATCHER] = watcher;
  const prototype: object = Object.getPrototypeOf(inner);
  if (prototype !== closing?.prototype) closing = { prototype, isTold: watchClosing(prototype) };
  return closing.isTold;
}

function watchClosing(prototype: object): boolean {
  if (typeof Reflect.get(prototype, "close") !== "function") return false;
  observe(prototype, "close", (inner) => (inner as InnerRequest)[WATCHER]?.closed());
  return true;
}

/** The class of such requests, and whether it tells when one is closed. */
let closing: { readonly prototype: object; readonly isTold: boolean } | undefined;

/** Who watches a request of the server's; undefined for others. */
export function watcherOf(request: Request): Watcher | undefined {
  return innerOf(request)?.[WATCHER];
}

/**
 * Calls `act` when the connection is gone, or after the response: the caller must know which came first. Deno 2.9 prints a warning
 * where this was asked for and an answer follows. There the agent does not ask, and does not notice a client that left before a
 * body that is not a stream.
 */
export function onCancel(request: Request, act: () => void): void {
  const inner = innerOf(request);
  if (typeof inner?.onCancel !== "function") return;
  warns ??= inner.onCancel.toString().includes("#signalAccessed");
  if (!warns) inner.onCancel(act);
}

let warns: boolean | undefined;
