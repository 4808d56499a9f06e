/**
 * Frameworks that keep what has matched in an object of their own, to which nothing leads from the request: Koa's context, the requests
 * of Hapi and Fastify. It is noticed when they write into it, as `request.route` of Express is, by an accessor on its prototype.
 */
import type { IncomingMessage } from "node:http";
import * as module from "node:module";
import { isCatchAll } from "../../protocol/pattern.ts";
import { guarded } from "../guarded.ts";
import { observe } from "../observed.ts";
import { runningExchange } from "../requests.ts";
import type { Told } from "../told.ts";
import { type HasLookup, lookedUp } from "./feathers.ts";

/** What has the route, of a request that is `of`. */
interface Kind {
  /** The module that exports the prototype, or its class. */
  readonly file: RegExp;
  readonly keys: readonly string[];
  readonly of: (own: never) => unknown;
  readonly tell: (own: never, told: Told) => void;
}

interface KoaContext extends HasLookup {
  readonly req?: unknown;
  readonly _matchedRoute?: unknown;
  /** All layers that are for the path: middleware, for no method, and routes. */
  readonly matched?: readonly { readonly path?: unknown; readonly methods?: readonly unknown[] }[];
  readonly method?: unknown;
}

interface HapiRequest {
  readonly raw?: { readonly req?: unknown };
  readonly route?: { readonly path?: unknown };
}

/** Of Fastify 4 and 5. */
interface FastifyRequest {
  readonly raw?: unknown;
  readonly routeOptions?: { readonly url?: unknown };
}

/**
 * The router names the layer that ran last, which may be middleware before the route that was meant, or behind it, or a route that takes
 * every path.
 */
function koaRoute(context: KoaContext): unknown {
  const { _matchedRoute: last, matched, method } = context;
  if (last === undefined || !Array.isArray(matched)) return last ?? lookedUp(context);
  const routes = matched.filter(({ methods }) => methods?.includes(method)).map(({ path }) => path);
  const narrow = routes.filter((path) => typeof path !== "string" || !isCatchAll(path));
  return narrow.includes(last) ? last : narrow.at(-1) ?? last;
}

const KINDS: readonly Kind[] = [
  {
    // @koa/router, koa-router, and Feathers on Koa.
    file: /[\\/]koa[\\/]lib[\\/]context\.js$/,
    keys: ["_matchedRoute", "lookup"],
    of: ({ req }: KoaContext) => req,
    tell: (context: KoaContext, told) => told.later = () => koaRoute(context),
  },
  {
    // Its channel tells only of requests that come as far as the handler: not of those that a hook or a schema answers.
    file: /[\\/]fastify[\\/]lib[\\/]request\.js$/,
    keys: ["body"],
    of: ({ raw }: FastifyRequest) => raw,
    tell: ({ routeOptions }: FastifyRequest, told) => {
      if (typeof routeOptions?.url === "string") told.pattern ??= routeOptions.url;
    },
  },
  {
    // It has a route before it looks for the one that fits, so this tells only that there is such a request.
    file: /[\\/]@hapi[\\/]hapi[\\/]lib[\\/]request\.js$/,
    keys: ["route"],
    of: ({ raw }: HapiRequest) => raw?.req,
    tell: (request: HapiRequest, told) => told.later = () => request.route?.path,
  },
];

/** An exchange that has such a request. */
interface HasRequest {
  readonly event?: { readonly request: IncomingMessage };
  told?: Told | undefined;
}

/** Prototypes that have the accessor. */
const watched = new WeakSet<object>();

/** Notices the contexts of the frameworks that are loaded by now. */
export function watchFrameworkContexts(): void {
  const cache = (module.Module as unknown as { _cache?: Record<string, NodeModule | undefined> })._cache ??
    {};
  for (const [file, loaded] of Object.entries(cache)) {
    for (const kind of KINDS) if (kind.file.test(file)) watch(loaded?.exports, kind);
  }
}

function watch(exports: unknown, { keys, of, tell }: Kind): void {
  const prototype = typeof exports === "function" ? exports.prototype : exports;
  if (typeof prototype !== "object" || prototype === null || watched.has(prototype)) return;
  watched.add(prototype);
  const onAssign = guarded((own: unknown) => {
    const exchange = runningExchange() as HasRequest | undefined;
    if (exchange === undefined || exchange.event?.request !== of(own as never)) return;
    tell(own as never, exchange.told ??= {});
  });
  for (const key of keys) observe(prototype, key, () => {}, { onAssign });
}
