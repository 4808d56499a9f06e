/**
 * The patterns of Express 4 and 5, and of Restify, which keeps its route in the same place.
 *
 * A router sets `request.route` when a route matches. At that moment `baseUrl` is the path that the routers around it have
 * taken; after `next()` and errors it is not any more.
 */
import type { IncomingMessage } from "node:http";
import { isCatchAll, isFixedLength, segmentsOf, UNCOVERED } from "../../protocol/pattern.ts";
import type { HasLookup } from "./feathers.ts";
import { isSame, type Mounted, mountOf, mountsOf, type Route } from "./express_mounts.ts";

export interface ExpressRequest extends IncomingMessage, Mounted, Pick<HasLookup, "lookup"> {
  readonly route?: unknown;
}

/** A route that has matched, and the pattern of where it is mounted. */
export interface Match {
  readonly route: Route;
  readonly mount: string;
  /** Its own patterns. */
  readonly paths: readonly string[];
  /** It has a regular expression among them. */
  readonly hasMore: boolean;
  /** It takes every path, or none that people can read. */
  readonly isVague: boolean;
  /** The whole pattern, if it has no more than one of its own. */
  readonly pattern: string | undefined;
}

/** The last match of a route: most are the same again. */
const matches = new WeakMap<Route, Match>();

/** The route that has just matched. */
export function matchOf(request: ExpressRequest): Match | undefined {
  const { route } = request;
  return isRoute(route) ? matchAt(route, mountOf(request, route)) : undefined;
}

/**
 * The pattern of a request that is over; `first` is the route that matched first. Where several did it is the last that
 * counts, but for one that takes every path.
 */
export function expressPattern(request: ExpressRequest, url: string, first?: Match): string | undefined {
  const { route } = request;
  if (!isRoute(route)) return undefined;
  const last = route === first?.route ? first : lateMatch(request, route, url);
  const match = first !== undefined && last.isVague ? first : last;
  const { mount, paths, hasMore } = match;
  const own = paths.length > 1 || hasMore ? paths.find((it) => fits(mount + it, url)) : paths[0];
  return own === undefined && !hasMore ? match.pattern : wholePattern(mount, own);
}

function isRoute(route: unknown): route is Route {
  return typeof route === "object" && route !== null && "path" in route;
}

function matchAt(route: Route, mount: string): Match {
  let match = matches.get(route);
  if (match?.mount !== mount) {
    const paths = pathsOf(route);
    const hasMore = paths.length < allPathsOf(route).length;
    const pattern = wholePattern(mount, paths[0]);
    match = { route, mount, paths, hasMore, isVague: paths.every(isCatchAll), pattern };
    matches.set(route, match);
  }
  return match;
}

function wholePattern(mount: string, own: string | undefined): string | undefined {
  if (own !== undefined && !isCatchAll(own)) return mount + own;
  return mount === "" ? undefined : `${mount}/${UNCOVERED}`;
}

/** None of a regular expression, which says nothing to people. */
function pathsOf(route: Route): string[] {
  return allPathsOf(route).filter((it) => typeof it === "string");
}

function allPathsOf({ path }: Route): unknown[] {
  return Array.isArray(path) ? path.flat(Infinity) : [path];
}

/** A route that was not seen matching, for another one had. Its `baseUrl` may have been put back. */
function lateMatch(request: ExpressRequest, route: Route, url: string): Match {
  const now = mountOf(request, route);
  const isRight = (mount: string) => pathsOf(route).some((own) => fits(mount + own, url));
  const mount = isRight(now) ? now : mountsOf(request, route).find(isRight) ?? now;
  return matchAt(route, mount);
}

/** Whether a pattern is for a URL. */
function fits(pattern: string, url: string): boolean {
  const [wanted, given] = [segmentsOf(pattern), segmentsOf(url.split("?", 1)[0]!)];
  if (isFixedLength(pattern) && wanted.length !== given.length) return false;
  const open = wanted.findIndex((segment) => !isFixedLength(segment));
  return wanted.slice(0, open < 0 ? undefined : open).every((segment, i) =>
    given[i] !== undefined && isSame(segment, given[i])
  );
}
