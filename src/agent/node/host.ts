/** Node, as the agent's host. */
import { runtimeName } from "../capabilities.ts";
import { watchChannels } from "./channels.ts";
import { guarded } from "../guarded.ts";
import { onEnding, onEndingSignals } from "./exit_hooks.ts";
import { onHttp2Server } from "./first_server.ts";
import type { Host } from "../host.ts";
import { enter, followContexts, notice, unfollowContexts } from "./context/mod.ts";
import { ignoredOptions } from "./ignored_options.ts";
import { followOwnConnections } from "./own_connections.ts";
import { recordHttp2Requests } from "./http2.ts";
import { recordHttpRequests } from "./http.ts";
import { bind, unbind } from "../connection_owners.ts";
import { listenForRoutes } from "../route_channels.ts";
import { watchRoutes } from "./route.ts";
import { recordUpgrades } from "./upgrades.ts";

export const host: Host = {
  name: runtimeName,
  hasTranspilers: true,
  warning: ({ optionFiles }) => ignoredOptions(optionFiles),
  withDelivery: (act) => act(),
  followContexts,
  unfollowContexts,
  get notice() {
    return notice();
  },
  followOwnConnections,
  recordRequests(trigger) {
    const connections = { bind, enter, unbind };
    listenForRoutes();
    watchRoutes();
    recordUpgrades(trigger, connections);
    onHttp2Server(guarded(() => recordHttp2Requests(trigger, connections)));
    return recordHttpRequests(trigger, { connections, watch: watchChannels });
  },
  onEnding,
  onEndingSignals,
};
