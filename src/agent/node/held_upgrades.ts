/** Upgrades and `CONNECT` whose turn has not come: Node has taken its parser off the connection, and the application gets it later. */
import type { IncomingMessage } from "node:http";
import { holdNextEmit } from "./held_events.ts";
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
}

/** Keeps an upgrade back if it must wait. False if it may begin now. */
export function holdUpgrade(request: IncomingMessage, { begin, drop }: HeldUpgrade): boolean {
  const socket = request.socket as ServerSocket & { readonly server?: object | null };
  const name = `${request.method} ${request.url?.replace(/[?#].*/s, "")}`;
  const caller = () => callerOf(socket, headerOf(request, "host") + (request.url ?? ""));
  if (!socket.server || !mustWait({ name, caller })) return false;
  return holdNextEmit(socket.server, EVENTS, (emit) => {
    const goOn = pauseTimeout(socket);
    // Node has taken its own listener away, and the application has none yet: an error would end the process.
    const ignoreError = () => {};
    socket.on("error", ignoreError);
    wait({
      name,
      caller,
      isGone: () => socket.destroyed,
      begin() {
        goOn();
        socket.removeListener("error", ignoreError);
        emit(() => begin(request));
      },
      drop: () => drop(request),
    });
  });
}
