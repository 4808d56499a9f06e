/** WebSockets that a handler of `Deno.serve` makes of its request: a record from the handshake's end until they are closed. */
import type { Outcome } from "../../protocol/messages.ts";
import type { DenoNamespace } from "./runtime.ts";
import { intercept } from "../intercept.ts";
import { type Exchange, type OpenRequest, openRequest, type RequestFacts } from "../requests.ts";

/** Which socket a response makes, until it is given. */
const sockets = new WeakMap<object, WebSocket>();

/** From now on what `Deno.upgradeWebSocket` makes is known. */
export function followWebSockets(runtime: DenoNamespace): void {
  intercept(runtime, "upgradeWebSocket", (target, self, args) => {
    const upgrade = Reflect.apply(target, self, args) as { socket: WebSocket; response: Response };
    sockets.set(upgrade.response, upgrade.socket);
    return upgrade;
  });
}

/** The record of the connection that a response makes, which has begun; undefined if it makes none. */
export function connectionOf(response: Response, handshake: RequestFacts): OpenRequest | undefined {
  const socket = sockets.get(response);
  return socket === undefined ? undefined : new SocketExchange(socket, handshake).self;
}

class SocketExchange implements Exchange {
  readonly self: OpenRequest;
  private readonly handshake: RequestFacts;
  private isClosed = false;
  private isClean = false;

  constructor(socket: WebSocket, handshake: RequestFacts) {
    this.handshake = handshake;
    this.self = openRequest(this);
    socket.addEventListener("close", ({ wasClean }) => {
      this.isClosed = true;
      this.isClean = wasClean;
    });
  }

  isOver(): boolean {
    return this.isClosed;
  }

  outcome(): Outcome {
    return this.isClean ? "finished" : "aborted";
  }

  /** Nobody counts what is sent. */
  facts(): RequestFacts {
    return { ...this.handshake, method: "WEBSOCKET", bytes: 0 };
  }

  release(): void {}
}
