/** A request of `node:http`, and the connection that it came in on. */
import type { ServerResponse } from "node:http";
import type { Outcome } from "../../protocol/messages.ts";
import type { Bytes, Microseconds } from "../../units.ts";
import {
  bodyBytes,
  declaredBytes,
  hasSentAtOnce,
  headerOf,
  type HttpEvent,
  type ServerSocket,
} from "./http_message.ts";
import type { Account } from "../ledger.ts";
import { isEventStream } from "../event_stream.ts";
import type { ConnectionOwner } from "../connection_owners.ts";
import { type Exchange, type OpenRequest, openRequest, type RequestFacts } from "../requests.ts";
import type { makeTrigger } from "../trigger.ts";
import { patternOf, type Seen } from "./route.ts";

/** How a connection names the request that it works for; see `context/mod.ts`. */
export interface Connections {
  enter(account: Account, since?: Microseconds): void;
  bind(asyncId: number, owner: ConnectionOwner): void;
  unbind(asyncId: number, owner: ConnectionOwner): void;
  /** A request has come in. */
  expectReader?(request: object, account: Account): void;
}

/** A connection on which requests have come in. */
export class Connection implements ConnectionOwner {
  /** The request that came in last. */
  last: HttpExchange | null = null;
  /** Others that are still open. */
  earlier: HttpExchange[] = [];
  /** What had gone over it when a response was out, where somebody asked. */
  writtenUntil = 0;
  /** How many open requests came in before their turn; while there are any, what each response ended at is noted. */
  pipelined = 0;
  private readonly socket: ServerSocket;
  private readonly contexts: Connections;
  /** Of what calls back for this connection. */
  private readonly asyncIds: number[] = [];

  constructor(socket: ServerSocket, contexts: Connections) {
    this.socket = socket;
    this.contexts = contexts;
    for (const caller of [socket._handle, socket.parser]) {
      const id = caller?.getAsyncId?.();
      if (id !== undefined) this.asyncIds.push(id);
    }
    for (const id of this.asyncIds) this.contexts.bind(id, this);
  }

  /** The request whose callbacks these are, unless all is said and nobody listens: then Node has some clearing up to do. */
  get account(): Account | null {
    const { last } = this;
    if (last === null) return null;
    const { request, response } = last.event;
    return response.writableEnded && request.readableFlowing === null ? null : last.self;
  }

  isGone(): boolean {
    return this.socket.destroyed;
  }

  leave(): void {
    for (const id of this.asyncIds) this.contexts.unbind(id, this);
  }

  add(exchange: HttpExchange): void {
    if (this.last !== null) this.earlier.push(this.last);
    this.last = exchange;
  }

  remove(exchange: HttpExchange): void {
    if (this.last === exchange) this.last = this.earlier.pop() ?? null;
    else this.earlier = this.earlier.filter((it) => it !== exchange);
  }

  exchangeOf(response: ServerResponse): HttpExchange | undefined {
    if (this.last?.event.response === response) return this.last;
    return this.earlier.find(({ event }) => event.response === response);
  }
}

interface Origin {
  readonly connection: Connection;
  readonly look: ReturnType<typeof makeTrigger> | undefined;
}

export class HttpExchange implements Exchange {
  readonly event: HttpEvent;
  readonly self: OpenRequest;
  told: Seen | undefined = undefined;
  private readonly connection: Connection;
  /** What had gone over the connection when the response began, and when it was out. */
  private writtenBefore: number;
  private writtenAfter: number | undefined = undefined;
  /** It came in while the answer to another one was being sent. */
  private readonly isPipelined: boolean;
  private isAbandoned = false;
  /** Whether its header has been looked at: it does not change. */
  private isSeen = false;
  /** As they came in: frameworks rewrite them while they route. */
  private readonly method: string;
  private readonly url: string;
  private readonly triggered: boolean | undefined;

  constructor(event: HttpEvent, { connection, look }: Origin) {
    this.event = event;
    this.connection = connection;
    const { request, response, socket } = event;
    this.method = request.method ?? "";
    const url = request.url ?? "";
    const seen = look?.({ url, rawHeaders: request.rawHeaders });
    this.url = seen?.url ?? url;
    this.triggered = seen?.triggered;
    this.writtenBefore = socket.bytesWritten ?? 0;
    const sending = socket._httpMessage ?? null;
    this.isPipelined = sending !== null && sending !== response;
    if (this.isPipelined) connection.pipelined++;
    this.self = openRequest(this);
  }

  /** The client has left before the application knew of it. */
  abandon(): void {
    this.isAbandoned = true;
  }

  isOver(): boolean {
    const { response, socket } = this.event;
    // Node up to 24 leaves a response whose turn never came as it is.
    return this.isAbandoned || response.destroyed || (this.isPipelined && socket.destroyed);
  }

  isEventStream(): boolean {
    const header = this.event.response._header;
    // Asked at the end of each callback, most of which come before or after the header.
    if (!header || this.isSeen) return false;
    this.isSeen = true;
    // What is given to `writeHead` stands nowhere else.
    const [, contentType] = /\r\ncontent-type:([^\r]*)/i.exec(header) ?? [];
    return isEventStream(contentType);
  }

  outcome(): Outcome {
    const { errored } = this.event.response as { errored?: NodeJS.ErrnoException | null };
    if (errored instanceof Error && errored.code !== "ECONNRESET") return "error";
    return this.isBodyOut() ? "finished" : "aborted";
  }

  /** All that was declared has gone out, and only the call of `end` had yet to come when the client left. */
  private isBodyOut(): boolean {
    const { response, socket } = this.event;
    const declared = declaredBytes(response);
    if (this.isPipelined || declared === undefined || !response.headersSent) return false;
    const written = (socket.bytesWritten ?? 0) - Math.max(this.writtenBefore, this.connection.writtenUntil);
    return written - (response._header?.length ?? 0) >= declared && hasSentAtOnce(socket);
  }

  /** The response is out. Responses on a connection go out one after another. */
  answered(): void {
    this.self.isAnswered = true;
    if (this.connection.pipelined === 0) return;
    this.writtenBefore = Math.max(this.writtenBefore, this.connection.writtenUntil);
    this.writtenAfter = this.event.socket.bytesWritten ?? 0;
    this.connection.writtenUntil = this.writtenAfter;
  }

  /** Whether its turn has come to be sent. */
  private hasBegun(): boolean {
    const { response, socket } = this.event;
    return !this.isPipelined || this.writtenAfter !== undefined || socket._httpMessage === response;
  }

  /** Bytes of the response that have gone over the connection. Deno counts those of the one before late, at times. */
  written(): Bytes {
    const { connection, writtenAfter, event } = this;
    if (writtenAfter !== undefined) return writtenAfter - this.writtenBefore;
    const begin = Math.max(this.writtenBefore, connection.writtenUntil);
    connection.writtenUntil = event.socket.bytesWritten ?? 0;
    return connection.writtenUntil - begin;
  }

  facts(): RequestFacts {
    const { request, response } = this.event;
    const hasBegun = this.hasBegun();
    const contentType = response.getHeader("content-type");
    return {
      method: this.method,
      url: this.url,
      host: headerOf(request, "host") ?? "",
      http: request.httpVersion,
      status: hasBegun && response.headersSent ? response.statusCode : 0,
      bytes: hasBegun ? bodyBytes(response, this) : 0,
      pattern: patternOf(request, this.url, this.told),
      traceparent: headerOf(request, "traceparent"),
      contentType: typeof contentType === "string" ? contentType : undefined,
      triggered: this.triggered,
    };
  }

  release(): void {
    this.connection.remove(this);
    if (this.isPipelined) this.connection.pipelined--;
  }
}
