/**
 * Where the routers of Express are mounted: the patterns that lead to a route, found once for each route by going through the
 * layers of its application.
 */
import { isLiteral, segmentsOf } from "../../protocol/pattern.ts";

/** Parts of Express that are stable from 4.16 to 5.3, but mostly not in its documentation. */
export interface Route {
  readonly path: unknown;
}
interface Layer {
  readonly route?: Route;
  readonly handle?: unknown;
  /** As it was given. Router 2.3 and newer. */
  readonly rawPath?: unknown;
  /** Of the last request that it matched, with what stood there for each parameter. */
  readonly path?: unknown;
  readonly params?: Params;
}
type Params = Readonly<Record<string, unknown>>;
/** A router or an application: both are functions. */
export interface Handler {
  readonly stack?: readonly Layer[];
  /** Express 4, where `router` throws. */
  readonly lazyrouter?: unknown;
  readonly _router?: Handler;
  readonly router?: Handler;
  readonly parent?: Handler;
  readonly mountpath?: unknown;
  /** Of Feathers. */
  readonly services?: Readonly<Record<string, unknown>>;
}
export interface Mounted {
  readonly baseUrl?: string;
  readonly params?: Params;
  readonly app?: Handler;
}

/** So many layers are looked at in one search, and so deep. */
const MOST_LAYERS = 20_000;
const DEEPEST = 16;
/** So often the layers are searched for a route that was not where it is known to be. */
const MOST_SEARCHES = 8;

/** What is known of a route: the patterns of all places where it is mounted, and the one of the last request. */
interface Known {
  mounts: readonly string[];
  searches: number;
  baseUrl: string;
  mount: string;
}
const known = new WeakMap<Route, Known>();

/**
 * The pattern of where the router of a route that has just matched is mounted. Parts of the path that no pattern is known for
 * are left out at its beginning.
 */
export function mountOf(request: Mounted, route: Route): string {
  const { baseUrl } = request;
  if (typeof baseUrl !== "string" || baseUrl === "") return "";
  const own = knownOf(route);
  if (own.baseUrl === baseUrl) return own.mount;
  own.mount = fitting(own, baseUrl) ?? fitting(search(request, route, own), baseUrl) ??
    byParams(request, baseUrl);
  own.baseUrl = baseUrl;
  return own.mount;
}

/** The patterns of all places where the router of a route is mounted. */
export function mountsOf(request: Mounted, route: Route): readonly string[] {
  const own = knownOf(route);
  return own.searches > 0 ? own.mounts : search(request, route, own).mounts;
}

function knownOf(route: Route): Known {
  let own = known.get(route);
  if (own === undefined) known.set(route, own = { mounts: [], searches: 0, baseUrl: "", mount: "" });
  return own;
}

function search(request: Mounted, route: Route, own: Known): Known {
  if (own.searches++ < MOST_SEARCHES) {
    const found = request.app === undefined ? [] : placesOf(route, request.app);
    own.mounts = [...new Set([...own.mounts, ...found])];
  }
  return own;
}

/** The longest pattern that is for the end of a path: a router around it may be out of sight. */
function fitting({ mounts }: Known, path: string): string | undefined {
  const given = segmentsOf(path);
  const fits = mounts.filter((mount) => {
    const wanted = segmentsOf(mount);
    const skipped = given.length - wanted.length;
    return skipped >= 0 && wanted.every((segment, i) => isSame(segment, given[skipped + i]!));
  });
  return fits.sort((a, b) => segmentsOf(b).length - segmentsOf(a).length)[0];
}

/** Whether a segment of a pattern is for a segment of a path. */
export function isSame(wanted: string, given: string): boolean {
  return !isLiteral(wanted) || wanted.toLowerCase() === given.toLowerCase();
}

/** Before a route's own parameters are set, `params` has those of the router around it. */
function byParams({ params }: Mounted, path: string): string {
  const named = withNames(path, params);
  const first = segmentsOf(named).findIndex((segment) => !isLiteral(segment));
  return first < 0 ? "" : patternOf(segmentsOf(named).slice(first));
}

/** The patterns of the places of a route in an application, and in those that it is mounted in. */
function placesOf(route: Route, app: Handler): string[] {
  const found: string[] = [];
  let left = MOST_LAYERS;
  const visit = (layers: readonly Layer[], before: readonly string[], depth: number): void => {
    for (const layer of layers) {
      if (left-- <= 0) return;
      if (layer.route === route) found.push(...before);
      const inner = layer.route === undefined && depth < DEEPEST ? layersOf(layer.handle) : undefined;
      if (inner !== undefined) visit(inner, appended(before, patternsOf(layer)), depth + 1);
    }
  };
  for (const outer of withParents(app)) visit(layersOf(outer) ?? [], mountsOfApp(outer), 0);
  return found.map(normal);
}

/** An application that is mounted by `app.use` is hidden in a function, but knows where. */
function mountsOfApp(app: Handler): string[] {
  return withParents(app).slice(0, -1).reduce((after, { mountpath }) => appended(textsOf(mountpath), after), [
    "",
  ]);
}

function withParents(app: Handler): Handler[] {
  const all = [app];
  for (let outer = app.parent; outer && all.length < DEEPEST; outer = outer.parent) all.push(outer);
  return all;
}

function appended(before: readonly string[], after: readonly string[]): string[] {
  return before.flatMap((start) => after.map((end) => `${start}/${end}`));
}

function layersOf(handle: unknown): readonly Layer[] | undefined {
  if (typeof handle !== "function") return undefined;
  const { stack, _router, lazyrouter } = handle as Handler;
  if (Array.isArray(stack)) return stack;
  return _router?.stack ?? (lazyrouter === undefined ? (handle as Handler).router?.stack : undefined);
}

/** The patterns that a router is mounted under; none if that is not known because no request has come so far. */
function patternsOf({ rawPath, path, params }: Layer): string[] {
  if (rawPath !== undefined) return textsOf(rawPath);
  return typeof path === "string" ? [withNames(path, params)] : [];
}

function textsOf(paths: unknown): string[] {
  const all: unknown[] = Array.isArray(paths) ? paths.flat(Infinity) : [paths];
  return all.filter((it) => typeof it === "string");
}

/** A path with the names of parameters where their values stand, of the last one first. */
function withNames(path: string, params: Params = {}): string {
  const segments = segmentsOf(path).reverse();
  for (const [name, value] of Object.entries(params).reverse()) {
    if (typeof value !== "string" || value === "") continue;
    const whole = segments.findIndex((it) => decoded(it) === value);
    if (whole >= 0) segments[whole] = `:${name}`;
    else {
      const part = segments.findIndex((it) => isLiteral(it) && decoded(it).includes(value));
      if (part >= 0) segments[part] = decoded(segments[part]!).replace(value, `:${name}`);
    }
  }
  return patternOf(segments.reverse());
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function normal(pattern: string): string {
  return patternOf(segmentsOf(pattern));
}

function patternOf(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment}`).join("");
}
