/**
 * Ended requests on their way from one process to the other, as rows of numbers in memory that is used again and again: at
 * many thousand requests per second an object for each would keep the garbage collector busy, and any text of them all would
 * hold up the event loop.
 */
import type { Outcome, RequestInfo } from "../profile/request.ts";
import type { EpochMilliseconds, Microseconds } from "../units.ts";

/**
 * `attached`: for each request `FLOATS` 64-bit floats, then `SHORTS` 16-bit integers, in this machine's byte order. A text is its index
 * in `texts` and one, or 0 if it is absent.
 */
export interface EncodedRequests {
  readonly texts: readonly string[];
  readonly attached: Uint8Array;
}

/** What was measured of a request when it ended. */
export interface Measured {
  readonly seq: number;
  /** On the sender's clock. */
  readonly startAt: Microseconds;
  readonly duration: Microseconds;
  readonly cpu: Microseconds;
  readonly blocked: Microseconds;
  readonly queued?: Microseconds | undefined;
  readonly outcome: Outcome;
  /** The times contradicted each other, see `RequestInfo`. */
  readonly isClamped?: boolean | undefined;
  /** Another one had its turn beside it, with `--serial`. */
  readonly isBeside?: boolean | undefined;
}

/** All else. A property that is undefined is as good as absent. */
export type Described =
  & Omit<RequestInfo, keyof Measured | "startedOn" | Optional>
  & { readonly [key in Optional]?: RequestInfo[key] | undefined };
type Optional = "pattern" | "traceparent" | "contentType" | "triggered";

/** seq, startAt, duration, cpu, blocked, bytes, queued */
const FLOATS = 7;
/** The texts by `TEXTS`, status, triggered, flags, and one for the next row to begin at a float. */
const SHORTS = 12;
const TEXTS = ["outcome", "method", "url", "host", "http", "pattern", "traceparent", "contentType"] as const;
const [STATUS, TRIGGERED, FLAGS] = [TEXTS.length, TEXTS.length + 1, TEXTS.length + 2];
const ABSENT = 0;
const [CLAMPED, BESIDE] = [1, 2];

/** A row, in floats and in shorts. */
const WIDTH = FLOATS + SHORTS / 4;
const SHORT_WIDTH = 4 * WIDTH;
/** So that each text has an index. */
const MOST_ROWS = Math.floor(0xffff / TEXTS.length);

/**
 * Takes requests one by one, until they are taken together. Has room for `maxRows` requests, 8,191 at most, and some `maxText`
 * characters.
 */
export class RequestRows {
  private readonly maxText: number;
  private readonly floats: Float64Array;
  private readonly shorts: Uint16Array;
  /** Rows. */
  count = 0;
  private texts: string[] = [];
  private indices = new Map<string, number>();
  private textLength = 0;
  /** The last text of each column, and its index. */
  private readonly last = new Array<string | undefined>(TEXTS.length).fill(undefined);
  private readonly lastIndex = new Array<number>(TEXTS.length).fill(ABSENT);

  constructor(limits: { readonly maxRows: number; readonly maxText: number }) {
    this.floats = new Float64Array(Math.min(limits.maxRows, MOST_ROWS) * WIDTH);
    this.shorts = new Uint16Array(this.floats.buffer);
    this.maxText = limits.maxText;
  }

  /** False if there is no room for it. */
  add(described: Described, measured: Measured): boolean {
    const { floats, shorts } = this;
    let at = this.count * WIDTH;
    if (at === floats.length || this.textLength > this.maxText) return false;
    floats[at] = measured.seq;
    floats[at + 1] = measured.startAt;
    floats[at + 2] = measured.duration;
    floats[at + 3] = measured.cpu;
    floats[at + 4] = measured.blocked;
    floats[at + 5] = described.bytes;
    floats[at + 6] = measured.queued ?? 0;
    at = this.count * SHORT_WIDTH + 4 * FLOATS;
    shorts[at] = this.indexOf(0, measured.outcome);
    shorts[at + 1] = this.indexOf(1, described.method);
    shorts[at + 2] = this.indexOf(2, described.url);
    shorts[at + 3] = this.indexOf(3, described.host);
    shorts[at + 4] = this.indexOf(4, described.http);
    shorts[at + 5] = this.indexOf(5, described.pattern);
    shorts[at + 6] = this.indexOf(6, described.traceparent);
    shorts[at + 7] = this.indexOf(7, described.contentType);
    shorts[at + STATUS] = described.status;
    shorts[at + TRIGGERED] = described.triggered === undefined ? ABSENT : 1 + Number(described.triggered);
    shorts[at + FLAGS] = (measured.isClamped ? CLAMPED : 0) | (measured.isBeside ? BESIDE : 0);
    this.count++;
    return true;
  }

  /** All of them, with `offset` added to their instants, and none left. What is attached is good until the next `add`. */
  take(offset: Microseconds): EncodedRequests {
    const { floats, texts } = this;
    const end = this.count * WIDTH;
    for (let at = 1; at < end; at += WIDTH) floats[at] = Math.round(floats[at]! + offset);
    const attached = new Uint8Array(floats.buffer, 0, end * floats.BYTES_PER_ELEMENT);
    this.count = 0;
    this.texts = [];
    this.last.fill(undefined);
    this.indices = new Map();
    this.textLength = 0;
    return { texts, attached };
  }

  /** Most requests say the same as the one before: to see that is cheaper than to look it up. */
  private indexOf(column: number, text: string | undefined): number {
    if (text === undefined) return ABSENT;
    if (text === this.last[column]) return this.lastIndex[column]!;
    const index = this.lookUp(text);
    this.last[column] = text;
    this.lastIndex[column] = index;
    return index;
  }

  private lookUp(text: string): number {
    let index = this.indices.get(text);
    if (index === undefined) {
      index = this.texts.push(text);
      this.indices.set(text, index);
      this.textLength += text.length;
    }
    return index;
  }
}

/**
 * The requests in a message, each read when it is asked for; their `startAt`, in milliseconds, plus `epochOffset` is an instant on the wall
 * clock.
 */
export class ReceivedRequests {
  readonly count: number;
  readonly #floats: Float64Array;
  readonly #shorts: Uint16Array;
  /** By the index that stands in a row: nothing at `ABSENT`. */
  readonly #texts: readonly (string | undefined)[];
  readonly #epochOffset: EpochMilliseconds;

  constructor({ texts, attached }: EncodedRequests, epochOffset: EpochMilliseconds) {
    // A copy, for floats must lie at a multiple of eight.
    this.#floats = new Float64Array(attached.slice().buffer);
    this.#shorts = new Uint16Array(this.#floats.buffer);
    this.#texts = [undefined, ...texts];
    this.#epochOffset = epochOffset;
    this.count = Math.ceil(this.#floats.length / WIDTH);
  }

  seq(row: number): number {
    return this.#floats[row * WIDTH]!;
  }

  method(row: number): string {
    return this.#text(row, 1)!;
  }

  url(row: number): string {
    return this.#text(row, 2)!;
  }

  pattern(row: number): string | undefined {
    return this.#text(row, 5);
  }

  /** All that is known of a request, with another `url` if one is given. */
  request(row: number, url: string = this.url(row)): RequestInfo {
    const floats = this.#floats;
    const at = row * WIDTH;
    const shortAt = 4 * (at + FLOATS);
    const triggered = this.#shorts[shortAt + TRIGGERED]!;
    const queued = floats[at + 6]!;
    // All have the same properties: objects of many forms make what reads them slow.
    return {
      seq: floats[at]!,
      method: this.method(row),
      url,
      host: this.#text(row, 3)!,
      http: this.#text(row, 4)!,
      status: this.#shorts[shortAt + STATUS]!,
      bytes: floats[at + 5]!,
      pattern: this.pattern(row),
      traceparent: this.#text(row, 6),
      contentType: this.#text(row, 7),
      triggered: triggered === ABSENT ? undefined : triggered === 2,
      startedOn: Math.round(floats[at + 1]! / 1000 + this.#epochOffset),
      startAt: floats[at + 1]!,
      duration: floats[at + 2]!,
      cpu: floats[at + 3]!,
      blocked: floats[at + 4]!,
      queued: queued === 0 ? undefined : Math.round(queued),
      outcome: this.#text(row, 0) as Outcome,
      isClamped: (this.#shorts[shortAt + FLAGS]! & CLAMPED) !== 0 ? true : undefined,
      isBeside: (this.#shorts[shortAt + FLAGS]! & BESIDE) !== 0 ? true : undefined,
    };
  }

  #text(row: number, column: number): string | undefined {
    return this.#texts[this.#shorts[4 * (row * WIDTH + FLOATS) + column]!];
  }
}
