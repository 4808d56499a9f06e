/**
 * Which requests get profile files. Decided when a request has ended, so a slow or failed one is never missed; those
 * that get none are still in the index and the totals. Pure.
 */
import picomatch from "picomatch";
import { pathOf, type RequestInfo } from "../profile/request.ts";
import { type Milliseconds, toMilliseconds } from "../units.ts";

/** What the user wants to keep. */
export interface RequestFilter {
  /** Only requests that one of these matches; all if there is none. */
  readonly only: readonly RequestPattern[];
  /** No request that one of these matches. */
  readonly skip: readonly RequestPattern[];
  /** No static files. */
  readonly nomedia: boolean;
  /** Only requests that took at least this long. */
  readonly minDuration: Milliseconds;
  /** Whatever is said by `minDuration`, `sample` and `triggered`: also all that ended in 5xx or broke off. */
  readonly errors: boolean;
  /** The share of the requests that are left, 0 to 1. */
  readonly sample: number;
  /** Only requests that carried the trigger. */
  readonly triggered: boolean;
}

/** Keeps everything. */
export const EVERYTHING: RequestFilter = {
  only: [],
  skip: [],
  nomedia: false,
  minDuration: 0,
  errors: false,
  sample: 1,
  triggered: false,
};

/** A path, and a method if one is named. */
export type RequestPattern = (request: RequestInfo) => boolean;

/**
 * Reads `[METHOD ]GLOB`. `*` stands for anything but `/`, `**` for anything; a glob without `/` is about the path's last
 * part (`*.png`). The method may be in any case.
 *
 * @throws Error with the reason as its message
 */
export function parseRequestPattern(text: string): RequestPattern {
  const [, method, glob = ""] = /^(?:([A-Za-z]+) +)?(\S.*)$/s.exec(text) ?? [];
  if (glob === "") {
    throw new Error('expected a path with * and **, a method before it if you like, as in "GET /api/**"');
  }
  const isMatch = picomatch(glob, { dot: true, basename: !glob.includes("/"), nonegate: true });
  const wanted = method?.toUpperCase();
  return (request) => (wanted === undefined || request.method === wanted) && isMatch(pathOf(request.url));
}

/** The decision over a run: which of the requests, one after another as they end, get files. */
export function makeRequestFilter(filter: RequestFilter): (request: RequestInfo) => boolean {
  let due = 0;
  return function isKept(request) {
    if (filter.only.length > 0 && !filter.only.some((matches) => matches(request))) return false;
    if (filter.skip.some((matches) => matches(request))) return false;
    if (filter.nomedia && isStatic(request)) return false;
    if (filter.errors && hasFailed(request)) return true;
    if (filter.triggered && request.triggered !== true) return false;
    if (toMilliseconds(request.duration) < filter.minDuration) return false;
    // Exactly the share in any row of requests: one is kept whenever the shares have added up to it.
    due += filter.sample;
    if (due < 1 - 1e-9) return false;
    due -= 1;
    return true;
  };
}

function hasFailed({ status, outcome }: RequestInfo): boolean {
  return status >= 500 || outcome === "aborted" || outcome === "error";
}

const STATIC_TYPE =
  /^(?:image|font|audio|video)\/|^text\/css\b|^(?:text|application)\/(?:x-)?javascript\b|^application\/(?:wasm|font)/i;
const UNSAID = "application/octet-stream";
const STATIC_PATH =
  /\.(?:css|js|mjs|map|wasm|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp[34]|m4a|webm|og[gv]|wav|webmanifest)$/i;

/** A static file, by what the answer says it is, or by its name where the answer does not say. */
function isStatic({ url, contentType = UNSAID }: RequestInfo): boolean {
  return STATIC_TYPE.test(contentType) || (contentType.startsWith(UNSAID) && STATIC_PATH.test(pathOf(url)));
}
