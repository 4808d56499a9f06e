/** Node, as the agent's host. */
import { runtimeName } from "../capabilities.ts";
import { watchChannels } from "./channels.ts";
import { guarded } from "../guarded.ts";
import type { ExitHooks } from "./exit_hooks.ts";
import type { ServerWatch } from "./first_server.ts";
import type { Host } from "../host.ts";
import type { ListeningServers } from "../listening.ts";
import type { Following } from "./context/following.ts";
import { followContexts } from "./context/mod.ts";
import { watchFrameworkContexts } from "./framework_contexts.ts";
import { ignoredOptions } from "./ignored_options.ts";
import { watchCaughtErrors } from "./caught_errors.ts";
import { followOwnConnections } from "./own_connections.ts";
import { recordHttp2Requests } from "./http2.ts";
import { recordHttpRequests } from "./http.ts";
import { bind, unbind } from "../connection_owners.ts";
import { listenForRoutes } from "../route_channels.ts";
import { watchRoutes } from "./route.ts";
import { recordUpgrades } from "./upgrades.ts";

/** What has watched this thread since its start. */
export interface Watched {
  readonly servers: ServerWatch;
  readonly listening: ListeningServers;
  readonly ends: ExitHooks;
}

export function nodeHost({ servers, listening, ends }: Watched): Host {
  let following: Following | undefined;
  return {
    name: runtimeName,
    hasTranspilers: true,
    warning: ({ optionFiles }) => ignoredOptions(optionFiles),
    address: () => listening.address(),
    withDelivery: (act) => act(),
    followContexts(execution) {
      following = followContexts(execution);
    },
    unfollowContexts: () => following!.stop(),
    get notice() {
      return following!.notice;
    },
    watchTurns(execution) {
      followOwnConnections();
      watchCaughtErrors(execution);
    },
    recordRequests(trigger) {
      const { enter } = following!;
      const connections = { bind, enter, unbind };
      listenForRoutes();
      watchRoutes();
      watchFrameworkContexts();
      servers.onServer(guarded(watchFrameworkContexts));
      recordUpgrades(trigger, connections);
      servers.onHttp2Server(guarded(() => recordHttp2Requests(trigger, connections)));
      return recordHttpRequests(trigger, { connections, watch: (on) => watchChannels(servers, on) });
    },
    onEnding: (flush) => ends.onEnding(flush),
    onEndingSignals: (flush) => ends.onEndingSignals(flush),
  };
}
