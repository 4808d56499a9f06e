/** Deno, as the agent's host. */
import process from "node:process";
import { watchCaughtErrors } from "./caught_errors.ts";
import type { Callbacks } from "./callbacks.ts";
import { Contexts } from "./context.ts";
import type { ExitHooks } from "./exit_hooks.ts";
import { watchResponses } from "./node_http.ts";
import { followOwnConnections } from "./own_connections.ts";
import { QueuedRequests } from "./queued_requests.ts";
import type { ServeRecorder } from "./serve.ts";
import { deno } from "./runtime.ts";
import { followWebSockets } from "./websocket.ts";
import { runtimeName } from "../capabilities.ts";
import type { Host } from "../host.ts";
import { bind, unbind } from "../connection_owners.ts";
import type { Account } from "../ledger.ts";
import type { ListeningServers } from "../listening.ts";
import { recordHttpRequests } from "../node/http.ts";
import { watchFrameworkContexts } from "../node/framework_contexts.ts";
import { watchRoutes } from "../node/route.ts";
import { listenForRoutes } from "../route_channels.ts";

/** What has watched this thread since its start. */
export interface Watched {
  readonly callbacks: Callbacks;
  readonly listening: ListeningServers;
  readonly serve: ServeRecorder;
  readonly ends: ExitHooks;
}

export function denoHost({ callbacks, listening, serve, ends }: Watched): Host {
  let contexts: Contexts | undefined;
  return {
    name: runtimeName,
    hasTranspilers: false,
    warning: () => undefined,
    address: () => listening.address(),
    withDelivery,
    followContexts(execution) {
      contexts = new Contexts(execution);
      callbacks.follow(contexts);
    },
    unfollowContexts: () => contexts!.stop(),
    notice() {
      const { execution } = contexts!;
      execution.nestedBegins(null);
      execution.callbackReturns();
    },
    watchTurns() {
      followOwnConnections();
      watchCaughtErrors();
    },
    recordRequests(trigger) {
      const here = contexts!;
      listenForRoutes();
      watchRoutes();
      watchFrameworkContexts();
      serve.recordRequests(trigger, here);
      followWebSockets(deno!);
      const queued = new QueuedRequests(here);
      const enter = (account: Account) => here.enterHere(account);
      const expectReader = (request: object, account: Account) => queued.expectReader(request, account);
      return recordHttpRequests(trigger, {
        connections: { bind, enter, unbind, expectReader },
        watch: watchResponses,
      });
    },
    onEnding: (flush) => ends.onEnding(flush),
    onEndingSignals: (flush, config) => ends.onEndingSignals(flush, config),
  };
}

/**
 * Deno hands the inspector's messages on by `process.nextTick`, which at the end of a process never comes. It looks that up each
 * time (ext/node/polyfills/inspector.js, unchanged from 2.5 to 2.9), so for as long as `act` takes, "next" is "now".
 */
export function withDelivery(act: () => void): void {
  const own = Object.getOwnPropertyDescriptor(process, "nextTick");
  Object.defineProperty(process, "nextTick", {
    configurable: true,
    enumerable: own?.enumerable ?? true,
    writable: true,
    value: (callback: (...args: unknown[]) => void, ...args: unknown[]) => callback(...args),
  });
  try {
    act();
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, "nextTick");
    else Object.defineProperty(process, "nextTick", own);
  }
}
