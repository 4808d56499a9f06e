/** The diagnostics channels on which frameworks tell what a request is for. Nobody pays for those that none publishes to. */
import { subscribe } from "node:diagnostics_channel";
import { guarded } from "./guarded.ts";
import { runningExchange } from "./requests.ts";
import type { Told } from "./told.ts";

/** By the name of the channel, what its message adds. Only ones that change nothing for the application but who listens. */
const CHANNELS: Readonly<Record<string, (message: unknown, told: Told) => void>> = {
  // Fastify 5. https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks
  "tracing:fastify.request.handler:start": (message, told) => {
    const { route } = message as { route?: { url?: unknown } };
    if (typeof route?.url === "string") told.pattern = route.url;
  },
  // h3 2, where the application registers its tracing plugin. https://h3.dev/utils/more#tracingpluginopts
  "tracing:h3.request:start": (message, told) => {
    const { event } = message as { event?: { context?: { matchedRoute?: { route?: unknown } } } };
    const route = event?.context?.matchedRoute?.route;
    if (typeof route === "string") told.pattern = route;
  },
  // Adonis, which has not looked for the route yet. https://github.com/adonisjs/http-server/blob/9.x/src/tracing_channels.ts
  "tracing:adonisjs.http.request:start": (message, told) => {
    const { ctx } = message as { ctx?: { route?: { pattern?: unknown } } };
    told.later = () => ctx?.route?.pattern;
  },
  // graphql 17. Others of its channels would add a promise to each execution.
  "tracing:graphql:execute:variableCoercion:start": (message, told) => {
    if (told.operation !== undefined) return;
    const { operationName } = message as { operationName?: unknown };
    if (typeof operationName === "string") told.operation = operationName;
  },
};

/** From now on what frameworks publish is noted in the request that runs. */
export function listenForRoutes(): void {
  for (const [name, take] of Object.entries(CHANNELS)) {
    subscribe(
      name,
      guarded((message: unknown) => {
        const exchange = runningExchange();
        if (exchange !== undefined) take(message, exchange.told ??= {});
      }),
    );
  }
}
