/** Upgrades and `CONNECT` whose turn has not come: Node has taken its parser off the connection, and the application gets it later. */
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { now } from "../clock.ts";
import { holdNextEmit, type Means } from "./held_events.ts";
import { pauseTimeout } from "./held_requests.ts";
import { headerOf, type ServerSocket } from "./http_message.ts";
import { callerOf } from "../self_calls.ts";
import { mustWait, wait } from "../turns.ts";

const EVENTS: ReadonlySet<unknown> = new Set(["upgrade", "connect"]);

/** What is done with one that has waited. */
export interface HeldUpgrade {
  /** It begins. */
  begin(request: IncomingMessage): void;
  /** Its client has left. */
  drop(request: IncomingMessage): void;
  /** The recording ends while it waits. */
  record(request: IncomingMessage): void;
}

/** Whether the application gets it: where nobody listens for `CONNECT` Node emits nothing, and closes the connection. */
export function isGiven({ method, socket }: IncomingMessage): boolean {
  const { server } = socket as ServerSocket & { readonly server?: EventEmitter | null };
  return method !== "CONNECT" || server?.listenerCount("connect") !== 0;
}

/** Keeps an upgrade back if it must wait. False if it may begin now. */
export function holdUpgrade(request: IncomingMessage, { begin, drop, record }: HeldUpgrade): boolean {
  const socket = request.socket as ServerSocket & { readonly server?: EventEmitter | null };
  const name = `${request.method} ${request.url?.replace(/[?#].*/s, "")}`;
  const url = () => headerOf(request, "host") + (request.url ?? "");
  const asked = { incoming: socket, cameAt: now(), url };
  const caller = () => callerOf(asked);
  if (!socket.server || !isGiven(request) || !mustWait({ name, caller })) return false;
  const isMeant: Means = (event, args) => EVENTS.has(event) && args[1] === request;
  return holdNextEmit(socket.server, isMeant, (emit) => {
    const goOn = pauseTimeout(socket);
    // Node has taken its own listener away, and the application has none yet: an error would end the process.
    const ignoreError = () => {};
    socket.on("error", ignoreError);
    wait({
      name,
      caller,
      isGone: () => socket.destroyed,
      begin: () =>
        emit(() => {
          goOn();
          socket.removeListener("error", ignoreError);
          begin(request);
        }),
      drop: () => drop(request),
      record: () => record(request),
    });
  });
}
