/**
 * Requests of `node:http2` servers, one per stream: nothing of the application's objects is wrapped or changed.
 *
 * Node emits what a stream's headers bring (`stream`, `headers`, `trailers`) by `process.nextTick(emit, target, event, …)`
 * (lib/internal/http2/core.js, unchanged from 18 to 26): the tick, which `before` of the async hooks can see, carries
 * session and stream. What comes later is called back on the stream's own handle.
 */
import { executionAsyncResource } from "node:async_hooks";
import type { Http2Session, IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Outcome, TriggerConfig } from "../../protocol/messages.ts";
import { guarded } from "../guarded.ts";
import { enableWithoutPromises } from "./context/hooks_without_promises.ts";
import { hiddenParts } from "../hidden_parts.ts";
import type { Connections } from "./http_exchange.ts";
import { holdStream, type StreamEvent } from "./held_streams.ts";
import { isEventStream } from "../event_stream.ts";
import {
  closeIfOver,
  type Exchange,
  isRecording,
  type OpenRequest,
  openRequest,
  type RequestFacts,
} from "../requests.ts";
import { namedOperation, routeText, type Told } from "../told.ts";
import { makeTrigger } from "../trigger.ts";
import { areTaken, takeTurn } from "../turns.ts";

/** What waits for its turn after `process.nextTick`, as the async hooks see it. */
interface Tick {
  readonly callback?: unknown;
  readonly args?: readonly unknown[];
}

/** Stable from 18 to 26 but not in the documentation. */
interface StreamHandle {
  /** Bytes of the data frames, without their headers. */
  readonly bytesWritten?: number;
}

/** `session.type` of a server. https://nodejs.org/api/http2.html#http2sessiontype */
const SERVER = 0;
/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests */
const CALL = /^\/[\w.]{1,200}\/\w{1,200}$/;
/** https://www.rfc-editor.org/rfc/rfc9113#section-7 */
const NO_ERROR = 0x0;
const CANCEL = 0x8;

const requests = new WeakMap<object, OpenRequest>();
/** Of a stream. */
const part = hiddenParts<"async_id_symbol" | "kHandle">();

let connections: Connections;
let look: ReturnType<typeof makeTrigger> | undefined;
/** Node's function that such ticks call, once one was seen. */
let emitOnTick: unknown;

/** Starts recording the requests of every HTTP/2 server in this thread. */
export function recordHttp2Requests(trigger: TriggerConfig | undefined, by: Connections): void {
  if (trigger !== undefined) look = makeTrigger(trigger);
  connections = by;
  enableWithoutPromises({ before: guarded(before) });
}

function before(): void {
  if (!isRecording()) return;
  const { callback, args } = executionAsyncResource() as Tick;
  if (args === undefined || args.length < 3) return;
  if (callback !== emitOnTick && (emitOnTick !== undefined || !isServerStream(args))) return;
  emitOnTick = callback;
  if (args[1] === "stream" && isServerStream(args)) started(args);
  else {
    const request = requests.get(args[0] as object);
    if (request !== undefined) connections.enter(request);
  }
}

function isServerStream([session, event, stream]: readonly unknown[]): boolean {
  if (event !== "stream" || typeof stream !== "object" || typeof session !== "object") return false;
  return typeof (stream as ServerHttp2Stream | null)?.respond === "function" &&
    (session as Http2Session | null)?.type === SERVER;
}

function started([session, , stream, headers, , rawHeaders]: readonly unknown[]): void {
  const event: StreamEvent = {
    session: session as Http2Session,
    stream: stream as ServerHttp2Stream,
    headers: headers as IncomingHttpHeaders,
    rawHeaders: Array.isArray(rawHeaders) ? rawHeaders : Object.entries(headers as object).flat(),
  };
  if (areTaken() && holdStream(event, { begin, drop, record })) return;
  begin(event);
}

function begin(event: StreamEvent): void {
  if (!isRecording()) return;
  const { self } = record(event);
  takeTurn(self);
  connections.enter(self);
}

function drop(event: StreamEvent): void {
  closeIfOver(record(event).self);
}

function record(event: StreamEvent): Http2Exchange {
  const exchange = new Http2Exchange(event);
  requests.set(event.stream, exchange.self);
  if (exchange.asyncId !== undefined) connections.bind(exchange.asyncId, exchange.self);
  return exchange;
}

class Http2Exchange implements Exchange {
  readonly self: OpenRequest;
  told: Told | undefined = undefined;
  /** Of the stream's handle, which calls back for it. */
  readonly asyncId: number | undefined;
  private readonly stream: ServerHttp2Stream;
  private readonly handle: StreamHandle | undefined;
  private readonly headers: IncomingHttpHeaders;
  private readonly url: string;
  private readonly triggered: boolean | undefined;

  constructor({ stream, headers, rawHeaders }: StreamEvent) {
    this.stream = stream;
    this.headers = headers;
    this.asyncId = part(stream, "async_id_symbol") as number | undefined;
    // The stream lets go of it when it is destroyed.
    this.handle = part(stream, "kHandle") as StreamHandle | undefined;
    const target = headers[":path"] ?? headers[":authority"] ?? "";
    const { url, triggered } = look?.({ url: target, rawHeaders }) ?? { url: target, triggered: undefined };
    this.url = url;
    this.triggered = triggered;
    this.self = openRequest(this);
  }

  isOver(): boolean {
    return this.stream.destroyed || this.isOut();
  }

  isEventStream(): boolean {
    return this.stream.headersSent && isEventStream(this.stream.sentHeaders["content-type"]);
  }

  outcome(): Outcome {
    if (this.isOut()) return "finished";
    const { errored, rstCode } = this.stream;
    if (errored instanceof Error && "syscall" in errored) return "aborted";
    return rstCode === undefined || rstCode === NO_ERROR || rstCode === CANCEL ? "aborted" : "error";
  }

  facts(): RequestFacts {
    const { stream, headers, url, triggered } = this;
    const sent: OutgoingHttpHeaders = stream.headersSent ? stream.sentHeaders : {};
    const contentType = sent["content-type"];
    const traceparent = headers["traceparent"];
    return {
      method: headers[":method"] ?? "",
      url,
      host: headers[":authority"] ?? headers.host ?? "",
      http: "2",
      status: Number(sent[":status"] ?? 0),
      bytes: this.handle?.bytesWritten ?? 0,
      pattern: this.pattern(),
      ...(typeof traceparent === "string" ? { traceparent } : {}),
      ...(typeof contentType === "string" ? { contentType } : {}),
      ...(triggered === undefined ? {} : { triggered }),
    };
  }

  /** A call of gRPC names its method by the path, which is one of few. https://grpc.io/docs/what-is-grpc/core-concepts */
  private pattern(): string | undefined {
    const { headers, url, told = {} } = this;
    const isCall = headers["content-type"]?.startsWith("application/grpc") === true && CALL.test(url);
    const header = (name: string) => textOf(headers[name]);
    return routeText({
      pattern: told.pattern ?? (isCall ? url : undefined),
      operation: told.operation ?? namedOperation(url, header),
    });
  }

  release(): void {
    if (this.asyncId !== undefined) connections.unbind(this.asyncId, this.self);
  }

  /** The response and its trailers are sent. (The writable side of a HEAD request has ended before it begins.) */
  private isOut(): boolean {
    const { stream } = this;
    if (!stream.headersSent || stream.aborted) return false;
    // A stream that closes by itself may be destroyed before its writable side tells that it has finished.
    if (stream.closed) return stream.writableEnded && stream.rstCode === NO_ERROR;
    const hasSentAll = stream.sentTrailers !== undefined || stream.listenerCount("wantTrailers") === 0;
    return stream.writableFinished && hasSentAll;
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
