/**
 * Ended requests on their way from one process to the other, as rows of numbers in memory that is used again and again: at
 * many thousand requests per second an object for each would keep the garbage collector busy, and any text of them all would
 * hold up the event loop.
 */
import type { Outcome, RequestInfo } from "../profile/request.ts";
import type { EpochMilliseconds, Microseconds } from "../units.ts";

/** `attached`: 64-bit floats of this machine's byte order, `WIDTH` for each request; texts by their index in `texts`. */
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
  readonly outcome: Outcome;
}

/** All else. A property that is undefined is as good as absent. */
export type Described =
  & Omit<RequestInfo, keyof Measured | "startedOn" | Optional>
  & { readonly [key in Optional]?: RequestInfo[key] | undefined };
type Optional = "pattern" | "traceparent" | "contentType" | "triggered";

const WIDTH = 16;
const ABSENT = -1;

/** Takes requests one by one, until they are taken together. Has room for `maxRows` requests and some `maxText` characters. */
export class RequestRows {
  private readonly maxText: number;
  private readonly rows: Float64Array;
  private filled = 0;
  private texts: string[] = [];
  private indices = new Map<string, number>();
  private textLength = 0;
  /** The last text of each column, and its index. */
  private readonly last = new Array<string | undefined>(WIDTH).fill(undefined);
  private readonly lastIndex = new Array<number>(WIDTH).fill(ABSENT);

  constructor(limits: { readonly maxRows: number; readonly maxText: number }) {
    this.rows = new Float64Array(limits.maxRows * WIDTH);
    this.maxText = limits.maxText;
  }

  get count(): number {
    return this.filled / WIDTH;
  }

  /** False if there is no room for it. */
  add(described: Described, measured: Measured): boolean {
    const { rows, filled: at } = this;
    if (at === rows.length || this.textLength > this.maxText) return false;
    rows[at] = measured.seq;
    rows[at + 1] = measured.startAt;
    rows[at + 2] = measured.duration;
    rows[at + 3] = measured.cpu;
    rows[at + 4] = measured.blocked;
    rows[at + 5] = this.indexOf(5, measured.outcome);
    rows[at + 6] = this.indexOf(6, described.method);
    rows[at + 7] = this.indexOf(7, described.url);
    rows[at + 8] = this.indexOf(8, described.host);
    rows[at + 9] = this.indexOf(9, described.http);
    rows[at + 10] = described.status;
    rows[at + 11] = described.bytes;
    rows[at + 12] = this.indexOf(12, described.pattern);
    rows[at + 13] = this.indexOf(13, described.traceparent);
    rows[at + 14] = this.indexOf(14, described.contentType);
    rows[at + 15] = described.triggered === undefined ? ABSENT : Number(described.triggered);
    this.filled = at + WIDTH;
    return true;
  }

  /** All of them, with `offset` added to their instants, and none left. What is attached is good until the next `add`. */
  take(offset: Microseconds): EncodedRequests {
    const { rows, filled, texts } = this;
    for (let at = 1; at < filled; at += WIDTH) rows[at] = Math.round(rows[at]! + offset);
    const attached = new Uint8Array(rows.buffer, 0, filled * rows.BYTES_PER_ELEMENT);
    this.filled = 0;
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
      index = this.texts.push(text) - 1;
      this.indices.set(text, index);
      this.textLength += text.length;
    }
    return index;
  }
}

/** The requests in a message; their `startAt`, in milliseconds, plus `epochOffset` is an instant on the wall clock. */
export function* decodeRequests(
  { texts, attached }: EncodedRequests,
  epochOffset: EpochMilliseconds,
): Generator<RequestInfo> {
  // A copy, for floats must lie at a multiple of eight.
  const numbers = new Float64Array(attached.slice().buffer);
  const text = (index: number) => texts[index]!;
  for (let at = 0; at < numbers.length; at += WIDTH) {
    const pattern = numbers[at + 12]!;
    const traceparent = numbers[at + 13]!;
    const contentType = numbers[at + 14]!;
    const triggered = numbers[at + 15]!;
    yield {
      seq: numbers[at]!,
      method: text(numbers[at + 6]!),
      url: text(numbers[at + 7]!),
      host: text(numbers[at + 8]!),
      http: text(numbers[at + 9]!),
      status: numbers[at + 10]!,
      bytes: numbers[at + 11]!,
      ...(pattern === ABSENT ? {} : { pattern: text(pattern) }),
      ...(traceparent === ABSENT ? {} : { traceparent: text(traceparent) }),
      ...(contentType === ABSENT ? {} : { contentType: text(contentType) }),
      ...(triggered === ABSENT ? {} : { triggered: triggered === 1 }),
      startedOn: Math.round(numbers[at + 1]! / 1000 + epochOffset),
      startAt: numbers[at + 1]!,
      duration: numbers[at + 2]!,
      cpu: numbers[at + 3]!,
      blocked: numbers[at + 4]!,
      outcome: text(numbers[at + 5]!) as Outcome,
    };
  }
}
