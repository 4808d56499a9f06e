/** The route that a framework has found for a request of `node:http`, as far as it can be read from outside. */
import type { IncomingMessage } from "node:http";
import { isCatchAll } from "../../protocol/pattern.ts";
import { captured } from "../captured.ts";
import { guarded } from "../guarded.ts";
import { observe } from "../observed.ts";
import { runningExchange } from "../requests.ts";
import { namedOperation, routeText, type Told } from "../told.ts";
import { expressPattern, type ExpressRequest, type Match, matchOf } from "./express.ts";
import { lookedUp } from "./feathers.ts";
import { headerOf } from "./http_message.ts";
import { patternByParams } from "./named_params.ts";

/** What has been seen of a request while it ran. */
export interface Seen extends Told {
  /** The first route of Express that matched. */
  match?: Match;
}

/** An exchange that has such a request. */
interface HasRequest {
  readonly event?: { readonly request: IncomingMessage };
  told?: Seen | undefined;
}

/** Notices the first route that matches, when a router sets `request.route`. */
export function watchRoutes(): void {
  const { IncomingMessage } = require("node:http") as { IncomingMessage: { prototype: object } };
  const onAssign = guarded((request: unknown) => {
    const exchange = runningExchange() as HasRequest | undefined;
    if (exchange === undefined || exchange.event?.request !== request) return;
    const match = matchOf(request as ExpressRequest);
    if (match !== undefined) (exchange.told ??= {}).match = match;
  });
  observe(IncomingMessage.prototype, "route", () => {}, { onAssign });
}

/** Next.js 14 to 16; see `lib/server/request-meta.ts` there. */
const NEXT = Symbol.for("NextInternalRequestMeta");
/** What it answers with where nothing is found, or something fails. */
const NOT_FOUND = /^\/(?:_not-found|_error|404|500)(?:\/|$)/;
interface NextMeta {
  readonly match?: { readonly definition?: { readonly pathname?: unknown } } | null;
}

/** https://github.com/open-telemetry/opentelemetry-js/blob/main/api/src/internal/global-utils.ts */
const TELEMETRY = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const RPC = Symbol.for("OpenTelemetry SDK Context Key RPC_METADATA");
interface Telemetry {
  readonly context?: { active?(): { getValue(key: symbol): unknown } };
}

/**
 * The pattern of a request that is over, and the operation in it that was asked for; undefined if no framework tells.
 * `url` is that which came in.
 */
export function patternOf(request: ExpressRequest, url: string, told: Seen | undefined): string | undefined {
  let pattern = meaningful(told?.pattern);
  try {
    pattern ??= expressPattern(request, url, told?.match) ?? meaningful(textOf(told?.later?.())) ??
      meaningful(nextOf(request)) ?? meaningful(lookedUp(request)) ?? meaningful(telemetryOf()) ??
      meaningful(patternByParams(url, request.params));
  } catch {
    // What the application keeps there may be anything, and throw.
  }
  const operation = told?.operation ?? namedOperation(url, (name) => headerOf(request, name));
  return operation === undefined ? pattern : routeText({ pattern, operation });
}

/** A server that leaves all paths to another framework takes every one. */
function meaningful(pattern: string | undefined): string | undefined {
  return pattern === undefined || isCatchAll(pattern) ? undefined : pattern;
}

function nextOf(request: IncomingMessage): string | undefined {
  const meta = (request as unknown as Record<symbol, NextMeta | undefined>)[NEXT];
  const pathname = textOf(meta?.match?.definition?.pathname);
  return pathname !== undefined && NOT_FOUND.test(pathname) ? undefined : pathname;
}

/** It is there before the server, or not at all: a look at it costs more than all others here. */
const telemetry = captured(
  () => (globalThis as unknown as Record<symbol, Telemetry | undefined>)[TELEMETRY],
  64,
);

/** Of the span that is active where the request ends, which instrumented frameworks give the route. */
function telemetryOf(): string | undefined {
  const active = telemetry()?.context?.active?.();
  if (active === undefined) return undefined;
  const span = active.getValue(SPAN) as { attributes?: Record<string, unknown> } | undefined;
  const rpc = active.getValue(RPC) as { route?: unknown } | undefined;
  return textOf(rpc?.route) ?? textOf(span?.attributes?.["http.route"]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
