/** What is read of Node's requests and responses. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Bytes } from "../../units.ts";
import { hiddenParts } from "../hidden_parts.ts";

/** Parts of Node's objects that are stable from 18 to 26 but not in its documentation. */
interface HasAsyncId {
  getAsyncId?(): number;
}
export interface ServerSocket extends Socket {
  readonly _handle?: HasAsyncId | null;
  readonly parser?: HasAsyncId | null;
  /** The response that is being sent. */
  readonly _httpMessage?: ServerResponse | null;
}
export interface Response extends ServerResponse {
  readonly _header?: string | null;
  readonly _trailer?: string;
  readonly _contentLength?: number | string | null;
  readonly _hasBody?: boolean;
}
export interface HttpEvent {
  readonly request: IncomingMessage;
  readonly response: Response;
  readonly socket: ServerSocket;
  /** Node tells it, Deno does not. */
  readonly server?: object;
}

/** A header by its lower-case name, without making Node parse all of them. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const raw = request.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.length === name.length && raw[i]!.toLowerCase() === name) return raw[i + 1];
  }
  return undefined;
}

/**
 * Bytes of the body: as declared where it was, else what was `written` over the connection less header and framing. A chunked
 * body counts as one chunk, so between several a few bytes of framing remain.
 */
export function bodyBytes(response: Response, sent: { written(): Bytes }): Bytes {
  if (response._hasBody === false) return 0;
  const declared = declaredBytes(response);
  if (declared !== undefined && response.writableFinished) return declared;
  const onWire = Math.max(0, sent.written() - (response._header?.length ?? 0));
  if (declared !== undefined) return Math.min(onWire, declared);
  if (!response.chunkedEncoding) return onWire;
  const atEnd = LAST_CHUNK + (response._trailer?.length ?? 0);
  return withoutFraming(response.writableFinished ? onWire - atEnd : onWire);
}

/** Bytes of the body as the response declares them. */
export function declaredBytes(response: Response): Bytes | undefined {
  // Up to Node 20 as the application gave it, which may be a text.
  const declared = Number(response._contentLength ?? response.getHeader("content-length") ?? NaN);
  return Number.isFinite(declared) ? declared : undefined;
}

const part = hiddenParts<"lastWriteQueueSize">();

/**
 * Whether the system took each write to the connection at once: then none can have been cut off. Node keeps the size of the last one
 * that it did not (lib/net.js, unchanged from 18 to 26).
 */
export function hasSentAtOnce(socket: ServerSocket): boolean {
  return part(socket, "lastWriteQueueSize") === 0;
}

const LAST_CHUNK = "0\r\n\r\n".length;
const LINE_ENDS = "\r\n\r\n".length;

/** The data in a chunk that takes `bytes`, with its own length before it. https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
export function withoutFraming(bytes: number): number {
  const rest = bytes - LINE_ENDS;
  for (let digits = 1; digits < rest; digits++) {
    const data = rest - digits;
    if (data.toString(16).length <= digits) return data;
  }
  return 0;
}
