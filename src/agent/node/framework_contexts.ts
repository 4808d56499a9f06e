/**
 * Frameworks that keep what has matched in an object of their own, to which nothing leads from the request: Koa's context, Hapi's
 * request. It is noticed when they write into it, as `request.route` of Express is, by an accessor on its prototype.
 */
import type { IncomingMessage } from "node:http";
import * as module from "node:module";
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
  readonly route: (own: never) => unknown;
}

interface KoaContext extends HasLookup {
  readonly req?: unknown;
  readonly _matchedRoute?: unknown;
}

interface HapiRequest {
  readonly raw?: { readonly req?: unknown };
  readonly route?: { readonly path?: unknown };
}

const KINDS: readonly Kind[] = [
  {
    // @koa/router, koa-router, and Feathers on Koa.
    file: /[\\/]koa[\\/]lib[\\/]context\.js$/,
    keys: ["_matchedRoute", "lookup"],
    of: ({ req }: KoaContext) => req,
    route: (context: KoaContext) => context._matchedRoute ?? lookedUp(context),
  },
  {
    // It has a route before it looks for the one that fits, so this tells only that there is such a request.
    file: /[\\/]@hapi[\\/]hapi[\\/]lib[\\/]request\.js$/,
    keys: ["route"],
    of: ({ raw }: HapiRequest) => raw?.req,
    route: ({ route }: HapiRequest) => route?.path,
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

function watch(exports: unknown, { keys, of, route }: Kind): void {
  const prototype = typeof exports === "function" ? exports.prototype : exports;
  if (typeof prototype !== "object" || prototype === null || watched.has(prototype)) return;
  watched.add(prototype);
  const onAssign = guarded((own: unknown) => {
    const exchange = runningExchange() as HasRequest | undefined;
    if (exchange === undefined || exchange.event?.request !== of(own as never)) return;
    (exchange.told ??= {}).later = () => route(own as never);
  });
  for (const key of keys) observe(prototype, key, () => {}, { onAssign });
}
