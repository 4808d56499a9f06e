/**
 * Bodies that are streams: how much of one the runtime has read, and whether it gave it up. No reader of ours is in between: in
 * `Deno.serve`, as in all else that reads, the runtime looks the steps of a read and of a cancel up on the stream's controller.
 * https://streams.spec.whatwg.org/#rs-abstract-ops-used-by-controllers
 */
import { guarded } from "../guarded.ts";
import { hiddenParts, symbolOf } from "../hidden_parts.ts";
import { observe } from "../observed.ts";

/** What has become of a stream so far. */
export interface Streamed {
  bytes: number;
  /** Its reader lost interest before its end. */
  isCancelled: boolean;
  /** Its source failed. */
  hasFailed(): boolean;
}

/** Parts of Deno's streams are under symbols that have the names of the standard. */
type Part = `[[${string}]]`;

const part = hiddenParts<Part>();

/** A read that waits for its chunk. */
interface ReadRequest {
  chunkSteps(chunk: unknown): void;
}

const streams = new WeakMap<object, Streamed>();
const observed = new WeakSet<object>();
/** Those whose waiting reads are counted. */
const counted = new WeakSet<object>();

/** Watches a stream; undefined if this version of Deno has others, or the runtime sends it without reading it in JavaScript. */
export function watchStream(stream: object): Streamed | undefined {
  if ((part(stream, "[[resourceBacking]]") ?? null) !== null) return undefined;
  const controller = part(stream, "[[controller]]") as object | undefined;
  if (controller === undefined || !isObservable(Object.getPrototypeOf(controller))) return undefined;
  const streamed: Streamed = {
    bytes: 0,
    isCancelled: false,
    hasFailed: () => part(stream, "[[state]]") === "errored",
  };
  streams.set(controller, streamed);
  return streamed;
}

function isObservable(prototype: object): boolean {
  const [pull, cancel] = [symbolOf(prototype, "[[PullSteps]]"), symbolOf(prototype, "[[CancelSteps]]")];
  if (pull === undefined || cancel === undefined) return false;
  if (observed.has(prototype)) return true;
  observed.add(prototype);
  observe(prototype, pull, guarded(noteRead));
  observe(prototype, cancel, (controller) => {
    const streamed = streams.get(controller as object);
    if (streamed !== undefined) streamed.isCancelled = true;
  });
  return true;
}

/** A chunk is about to be read: the first of those that lie ready, or one that is yet to come. */
function noteRead(controller: unknown): void {
  const streamed = streams.get(controller as object);
  if (streamed === undefined) return;
  const queue = part(controller as object, "[[queue]]") as { peek?(): unknown } | unknown[] | undefined;
  const next = Array.isArray(queue) ? queue[0] : queue?.peek?.();
  if (next !== undefined && next !== null) streamed.bytes += sizeOf(next);
  else countWaiting(part(controller as object, "[[stream]]") as object, streamed);
}

/** The queue of waiting reads is the runtime's own: no application sees it, and none of its code runs below this. */
function countWaiting(stream: object, streamed: Streamed): void {
  const reader = part(stream, "[[reader]]") as object | undefined;
  const waiting = reader && part(reader, "[[readRequests]]") as { dequeue?(): unknown } | undefined;
  const dequeue = waiting?.dequeue;
  if (waiting === undefined || typeof dequeue !== "function" || counted.has(waiting)) return;
  counted.add(waiting);
  waiting.dequeue = function () {
    const request = dequeue.call(waiting) as ReadRequest | null;
    const chunkSteps = request?.chunkSteps;
    if (typeof chunkSteps === "function") {
      request!.chunkSteps = (chunk) => {
        streamed.bytes += sizeOf(chunk);
        // Deno 2.9 reads a whole stream by one such object.
        request!.chunkSteps = chunkSteps;
        chunkSteps.call(request, chunk);
      };
    }
    return request;
  };
}

/** Of a chunk, or of what holds one in a queue. */
function sizeOf(chunk: unknown): number {
  const { byteLength, value } = Object(chunk) as { byteLength?: unknown; value?: unknown };
  if (typeof byteLength === "number") return byteLength;
  return value === undefined ? 0 : sizeOf(value);
}
