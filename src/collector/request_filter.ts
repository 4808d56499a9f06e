/**
 * Which requests get profile files. Decided when a request has ended, so a slow or failed one is never missed; those
 * that get none are still in the index and the totals. Pure.
 */
import picomatch from "picomatch";
import { hasFailed, OUTSIDE, pathOf, type RequestInfo, type RequestProfile } from "../profile/request.ts";
import { OTHER, rowOf, UNKNOWN_PATHS } from "../store/entry.ts";
import { standsFor } from "../store/siblings.ts";
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

/** A request and the name of its route, as a filter sees them. */
export type FilteredRequest = Pick<RequestProfile, "request" | "route">;

/** A path or route, and a method if one is named. */
export type RequestPattern = (request: FilteredRequest) => boolean;

/** Why a request gets no files: the option that left it out. */
export type LeftOutBy = "only" | "skip" | "nomedia" | "trigger" | "min-duration" | "sample";

/**
 * Reads `[METHOD ]GLOB`. `*` stands for anything but `/`, `**` for anything; a glob without `/` is about the path's last
 * part (`*.png`). A route is matched as a path is, and by its very name, as the summary shows it: `:x` stands for
 * a name there, and `(unknown paths)` for what was not found. The method may be in any case.
 *
 * @throws Error with the reason as its message
 */
export function parseRequestPattern(text: string): RequestPattern {
  const [, method, glob = ""] = /^(?:([A-Za-z-]+) +)?(\S.*)$/s.exec(text) ?? [];
  if (glob === "") {
    throw new Error('expected a path with * and **, a method before it if you like, as in "GET /api/**"');
  }
  if (text === UNKNOWN_PATHS) return isUnknownPath;
  if (text === OUTSIDE || text === OTHER) throw new Error(`expected a path or a route, and ${text} is none`);
  const isMatch = picomatch(glob, { dot: true, basename: !glob.includes("/"), nonegate: true });
  const wanted = method?.toUpperCase();
  return ({ request, route }) =>
    (wanted === undefined || request.method === wanted) &&
    (isMatch(pathOf(request.url)) || isMatch(route) || route === glob ||
      request.pattern === undefined && standsFor(glob, route));
}

function isUnknownPath({ request, route }: FilteredRequest): boolean {
  const { method, status, pattern } = request;
  return rowOf({ method, route, status, pattern: pattern === undefined ? undefined : true }) ===
    UNKNOWN_PATHS;
}

/** The decision over a run. */
export interface RequestDecision {
  /** Which of the requests, one after another as they end, get files. */
  readonly isKept: (request: FilteredRequest) => boolean;
  /** How many did not, by the option that decided it. */
  readonly leftOut: ReadonlyMap<LeftOutBy, number>;
}

/** Begins to decide. */
export function makeRequestFilter(filter: RequestFilter): RequestDecision {
  const leftOut = new Map<LeftOutBy, number>();
  let due = 0;
  function decide(subject: FilteredRequest): LeftOutBy | undefined {
    const { request } = subject;
    if (filter.only.length > 0 && !filter.only.some((matches) => matches(subject))) return "only";
    if (filter.skip.some((matches) => matches(subject))) return "skip";
    if (filter.nomedia && isStatic(request)) return "nomedia";
    if (filter.errors && hasFailed(request)) return undefined;
    if (filter.triggered && request.triggered !== true) return "trigger";
    if (toMilliseconds(request.duration) < filter.minDuration) return "min-duration";
    // Exactly the share in any row of requests: one is kept whenever the shares have added up to it.
    due += filter.sample;
    if (due < 1 - 1e-9) return "sample";
    due -= 1;
    return undefined;
  }
  return {
    isKept(subject) {
      const by = decide(subject);
      if (by !== undefined) leftOut.set(by, (leftOut.get(by) ?? 0) + 1);
      return by === undefined;
    },
    leftOut,
  };
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
