/**
 * Connections that leave HTTP: WebSocket and other upgrades, and `CONNECT`.
 *
 * Node tells no channel of them. But before it emits `upgrade` or `connect` it takes the request from its parser, by
 * `request.parser = null` (lib/_http_common.js, unchanged from 18 to 26), and does so with no other request of a server.
 *
 * The handshake is a request, done when its answer is written. An accepted one leaves everything to the record of the
 * connection, which ends when that is closed.
 */
import type { IncomingMessage } from "node:http";
import type { Outcome, TriggerConfig } from "../../protocol/messages.ts";
import { guarded } from "../guarded.ts";
import { onFirstWrite } from "./first_write.ts";
import type { Connections } from "./http_exchange.ts";
import { headerOf, type ServerSocket } from "./http_message.ts";
import { observe } from "../observed.ts";
import {
  closeIfOver,
  type Exchange,
  isRecording,
  type OpenRequest,
  openRequest,
  type RequestFacts,
} from "../requests.ts";
import { makeTrigger } from "../trigger.ts";
import { areTaken, takeTurn } from "../turns.ts";
import { holdUpgrade, isGiven } from "./held_upgrades.ts";

/** https://www.rfc-editor.org/rfc/rfc9112#section-4 */
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
const END_OF_HEADER = "\r\n\r\n";

let connections: Connections;
let look: ReturnType<typeof makeTrigger> | undefined;

/** Starts recording what upgrades and `CONNECT` make of connections to the HTTP servers in this thread. */
export function recordUpgrades(trigger: TriggerConfig | undefined, by: Connections): void {
  connections = by;
  if (trigger !== undefined) look = makeTrigger(trigger);
  const { IncomingMessage } = require("node:http") as { IncomingMessage: { prototype: object } };
  const onAssign = guarded((receiver: unknown) => {
    const request = receiver as IncomingMessage & { upgrade?: boolean | null };
    if (request.upgrade !== true || !isRecording()) return;
    if (areTaken() && holdUpgrade(request, { begin, drop, record })) return;
    begin(request);
  });
  observe(IncomingMessage.prototype, "parser", () => {}, { onAssign });
}

function begin(request: IncomingMessage): void {
  if (!isRecording()) return;
  const self = record(request);
  if (isGiven(request)) takeTurn(self);
  connections.enter(self);
}

function drop(request: IncomingMessage): void {
  closeIfOver(record(request));
}

function record(request: IncomingMessage): OpenRequest {
  return new Handshake(request).self;
}

/** What a handshake and the connection it makes have in common. */
type Origin = Omit<RequestFacts, "status" | "bytes">;

class Handshake implements Exchange {
  readonly self: OpenRequest;
  private readonly socket: ServerSocket;
  private readonly asyncId: number | undefined;
  private readonly origin: Origin;
  private readonly upgrade: string;
  private status = 0;
  private isAccepted = false;
  private headerBytes = 0;
  private readonly writtenBefore: number;

  constructor(request: IncomingMessage) {
    const socket = request.socket as ServerSocket;
    this.socket = socket;
    this.asyncId = socket._handle?.getAsyncId?.();
    this.writtenBefore = socket.bytesWritten ?? 0;
    this.upgrade = headerOf(request, "upgrade") ?? "";
    const carried = { url: request.url ?? "", rawHeaders: request.rawHeaders };
    const { url, triggered } = look?.(carried) ?? { url: carried.url, triggered: undefined };
    const traceparent = headerOf(request, "traceparent");
    this.origin = {
      method: request.method ?? "",
      url,
      host: headerOf(request, "host") ?? "",
      http: request.httpVersion,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(triggered === undefined ? {} : { triggered }),
    };
    this.self = openRequest(this);
    if (this.asyncId !== undefined) connections.bind(this.asyncId, this.self);
    if (socket._handle) onFirstWrite(socket._handle, (text) => this.answered(text));
  }

  isOver(): boolean {
    return this.socket.destroyed || (this.status > 0 && this.socket.writableFinished);
  }

  outcome(): Outcome {
    return this.status > 0 && this.socket.writableEnded ? "finished" : "aborted";
  }

  facts(): RequestFacts {
    const written = (this.socket.bytesWritten ?? 0) - this.writtenBefore - this.headerBytes;
    return { ...this.origin, status: this.status, bytes: this.isAccepted ? 0 : Math.max(0, written) };
  }

  release(): void {
    const { asyncId, self, socket, origin, status, upgrade } = this;
    if (asyncId !== undefined) connections.unbind(asyncId, self);
    if (!this.isAccepted || socket.destroyed) return;
    const method = origin.method === "CONNECT"
      ? "TUNNEL"
      : /^websocket$/i.test(upgrade)
      ? "WEBSOCKET"
      : "UPGRADE";
    self.successor = new UpgradedConnection(socket, asyncId, { ...origin, method, status }).self;
  }

  /** The first bytes that were written. What is no answer of HTTP speaks another protocol already. */
  private answered(text: string): void {
    const status = Number(STATUS_LINE.exec(text)?.[1] ?? 0);
    this.status = status;
    this.headerBytes = (text + END_OF_HEADER).indexOf(END_OF_HEADER) + END_OF_HEADER.length;
    const isTunnel = this.origin.method === "CONNECT" && status >= 200 && status < 300;
    this.isAccepted = status === 0 || status === 101 || isTunnel;
    if (this.isAccepted) this.self.isAnswered = true;
  }
}

class UpgradedConnection implements Exchange {
  readonly self: OpenRequest;
  private readonly socket: ServerSocket;
  private readonly asyncId: number | undefined;
  private readonly origin: Omit<RequestFacts, "bytes">;
  private readonly writtenBefore: number;

  constructor(socket: ServerSocket, asyncId: number | undefined, origin: Omit<RequestFacts, "bytes">) {
    this.socket = socket;
    this.asyncId = asyncId;
    this.origin = origin;
    this.writtenBefore = socket.bytesWritten ?? 0;
    this.self = openRequest(this);
    if (asyncId !== undefined) connections.bind(asyncId, this.self);
  }

  isOver(): boolean {
    return this.socket.destroyed;
  }

  outcome(): Outcome {
    const { socket } = this;
    const { errored } = socket as { errored?: Error | null };
    if (errored instanceof Error) return "syscall" in errored ? "aborted" : "error";
    return socket.writableFinished || socket.readableEnded ? "finished" : "aborted";
  }

  facts(): RequestFacts {
    return { ...this.origin, bytes: (this.socket.bytesWritten ?? 0) - this.writtenBefore };
  }

  release(): void {
    if (this.asyncId !== undefined) connections.unbind(this.asyncId, this.self);
  }
}
