/** What the agent reports of a `Response`. It finds that without touching body and headers: reading them costs, and leaves traces. */

import { captured } from "../captured.ts";
import { type Streamed, watchStream } from "./streamed.ts";

/** What there is to tell. */
export interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly contentType: string | undefined;
  /** The body is no stream: it goes out at once. */
  readonly isAtHand: boolean;
  /** What becomes of a stream, where that can be seen; then `bytes` is what was declared. */
  readonly streamed?: Streamed | undefined;
}

/**
 * Parts of Deno's objects that are not in its documentation, under symbols of these names: what the Fetch standard calls the
 * response, and, from 2.9 on, a string or bytes aside, with the one header that such a response has.
 */
const PARTS = ["response", "serve fast body", "serve fast header kind", "serve fast content type"] as const;
type Part = typeof PARTS[number];

/** The kind of header that goes with any string. */
const DEFAULT_TEXT = 1;

interface InnerResponse {
  readonly headerList?: readonly (readonly [string, string])[];
  readonly body?: { readonly streamOrStatic?: { readonly body?: unknown } | ReadableStream } | null;
}

export function answerOf(response: Response): Answer {
  const { status } = response;
  const atHand = sizeOf(part(response, "serve fast body"));
  if (atHand !== undefined) {
    const isText = part(response, "serve fast header kind") === DEFAULT_TEXT;
    const contentType = isText ? "text/plain;charset=UTF-8" : part(response, "serve fast content type");
    return {
      status,
      bytes: atHand,
      contentType: typeof contentType === "string" ? contentType : undefined,
      isAtHand: true,
    };
  }
  const { body, headerList = [...response.headers] } = (part(response, "response") ?? {}) as InnerResponse;
  const header = (name: string) => headerList.find(([key]) => key.toLowerCase() === name)?.[1];
  const source = body?.streamOrStatic;
  const size = body === null ? 0 : sizeOf((source as { body?: unknown } | undefined)?.body);
  const bytes = size ?? (Number(header("content-length")) || 0);
  const streamed = source instanceof ReadableStream ? watchStream(source) : undefined;
  return { status, bytes, contentType: header("content-type"), isAtHand: size !== undefined, streamed };
}

function part(response: Response, name: Part): unknown {
  const symbol = symbolsOf(response)![name];
  return symbol === undefined ? undefined : (response as unknown as Record<symbol, unknown>)[symbol];
}

/** All responses have the same. */
const symbolsOf = captured((response: Response): { readonly [part in Part]?: symbol } =>
  Object.fromEntries(Object.getOwnPropertySymbols(response).map((it) => [it.description, it]))
);

/** Bytes of a body at hand; undefined if it is none. */
function sizeOf(body: unknown): number | undefined {
  if (typeof body === "string") return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.byteLength : undefined;
}
