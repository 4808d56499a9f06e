/** What `Deno.serve` knows of a request, found without touching the `Request`: reading leaves traces in it, and costs. */
import { can } from "../capabilities.ts";
import { hiddenParts } from "../hidden_parts.ts";
import type { Account } from "../ledger.ts";
import { observe } from "../observed.ts";

const WATCHER = Symbol("profsrv");
/** What stands behind a `Request`, not in Deno's documentation. */
interface InnerRequest {
  readonly method?: unknown;
  readonly headerList?: unknown;
  url?(): unknown;
  /** Gives null where there is none. */
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

const part = hiddenParts<"request">();

function innerOf(request: Request): InnerRequest | undefined {
  return part(request, "request") as InnerRequest | undefined;
}

/** What all requests of a class can do. */
interface Kind {
  readonly findsHeader: boolean;
  readonly tellsClosing: boolean;
  readonly tellsCancelling: boolean;
}

/** By prototype. */
const kinds = new WeakMap<object, Kind>();

function kindOf(inner: InnerRequest): Kind {
  const prototype: object = Object.getPrototypeOf(inner);
  let kind = kinds.get(prototype);
  if (kind === undefined) {
    kind = {
      findsHeader: can.lookUpHeader.probe(inner),
      tellsClosing: can.tellClosing.probe(inner),
      tellsCancelling: !can.warnOfAbort.probe(inner),
    };
    kinds.set(prototype, kind);
    if (kind.tellsClosing) {
      observe(prototype, "close", (closing) => (closing as InnerRequest)[WATCHER]?.closed());
    }
  }
  return kind;
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
  if (inner === undefined || !kindOf(inner).findsHeader) {
    return headersOf(request).find(([key]) => key === name)?.[1];
  }
  const value = inner.header!(name);
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
  return kindOf(inner).tellsClosing;
}

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
  if (inner !== undefined && kindOf(inner).tellsCancelling) inner.onCancel?.(act);
}
