/**
 * Reads lines of `index.ndjson` in a fraction of the time that `JSON.parse` takes: an index may have millions of them, of which a report
 * adds up some of the fields. Whatever is not exactly as `IndexLines` writes it is left to `readEntry`. Pure.
 */
import { type Outcome, OUTSIDE } from "../profile/request.ts";
import type { EpochMilliseconds, Milliseconds } from "../units.ts";
import { ByteScanner } from "./byte_scanner.ts";
import type { Blocker, HotFunction, IndexEntry } from "./entry.ts";
import { KnownBytes } from "./known_bytes.ts";
import { isInside, isInstant } from "./read_entry.ts";

/** What of a request is added up. */
export interface CountedEntry extends CountedFields {
  readonly startedOn: EpochMilliseconds;
}

type CountedFields = Pick<
  IndexEntry,
  | ("id" | "method" | "route" | "status" | "pattern" | "outcome" | "files")
  | ("duration" | "cpu" | "blocked" | "wait")
  | ("hot" | "alloc" | "blockers" | "calls")
>;

/** What of a whole entry is added up. */
export function countedOf(entry: IndexEntry): CountedEntry {
  return { ...entry, startedOn: Date.parse(entry.start) };
}

const ZERO = 0x30;
const LENGTH_OF_INSTANT = "2026-11-23T00:43:08.550Z".length;
const SECOND = LENGTH_OF_INSTANT - "550Z".length;

const key = (name: string): Uint8Array => Buffer.from(`,"${name}":`);
const word = (text: string): Uint8Array => Buffer.from(text);
/** What stands before the fields. */
const KEY = {
  ...{ version: word('{"v":1'), run: key("run"), id: key("id"), pid: key("pid"), tid: key("tid") },
  ...{
    runtime: key("runtime"),
    method: key("method"),
    url: key("url"),
    path: key("path"),
    route: key("route"),
  },
  ...{ pattern: word(',"pattern":true'), http: key("http"), status: key("status"), bytes: key("bytes") },
  ...{ start: key("start"), duration: key("duration"), queued: key("queued"), queuedBy: key("queuedBy") },
  ...{ cpu: key("cpu"), blocked: key("blocked"), wait: key("wait"), gc: key("gc"), samples: key("samples") },
  ...{ outcome: key("outcome"), hot: key("hot"), function: word('{"function":'), file: key("file") },
  ...{
    line: key("line"),
    self: key("self"),
    blockers: key("blockers"),
    blocker: word('{"id":'),
    ms: key("ms"),
  },
  ...{ trace: key("trace"), files: key("files") },
};
const [NULL, OUTSIDE_ID, OPEN, NEXT, CLOSE, END] = ["null", `"${OUTSIDE}"`, "[", ",", "]", "}"].map(word) as [
  ...[Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array],
];
const OUTCOMES = (["finished", "aborted", "error", "unfinished"] as const satisfies readonly Outcome[])
  .map((outcome) => ({ outcome, word: word(`"${outcome}"`) }));
const NO_FILES: readonly string[] = [];

/** Goes along a line. */
export class EntryScanner extends ByteScanner {
  /** The instant that was found last, and what stands of it before its milliseconds. */
  #startedOn: EpochMilliseconds = 0;
  #secondOn: EpochMilliseconds = 0;
  readonly #second = Buffer.alloc(SECOND);
  readonly #texts = new KnownBytes((bytes) => bytes.toString());
  readonly #functions = new KnownBytes((bytes) => JSON.parse(`${bytes}}`) as Omit<HotFunction, "self">);

  /** Where the line that was scanned last ends. */
  get end(): number {
    return this.at;
  }

  /** The entry of the line that begins here; undefined if it must be read by `readEntry`. */
  scan(bytes: Buffer, from: number): CountedEntry | undefined {
    this.bytes = bytes;
    this.at = from;
    if (!this.is(KEY.version) || this.is(KEY.run) && !this.string()) return undefined;
    if (!this.is(KEY.id) || !this.string()) return undefined;
    const id = this.cut();
    if (!this.amountOf(KEY.pid) || !this.amountOf(KEY.tid) || !this.stringOf(KEY.runtime)) {
      return undefined;
    }
    if (!this.stringOf(KEY.method)) return undefined;
    const method = this.#known();
    if (!this.stringOf(KEY.url) || !this.stringOf(KEY.path) || !this.stringOf(KEY.route)) return undefined;
    const route = this.#known();
    const pattern = this.is(KEY.pattern) ? true : undefined;
    if (!this.stringOf(KEY.http) || !this.amountOf(KEY.status)) return undefined;
    const status = this.value;
    if (!this.amountOf(KEY.bytes) || !this.stringOf(KEY.start) || !this.#isInstant()) return undefined;
    const startedOn = this.#startedOn;
    if (!this.amountOf(KEY.duration)) return undefined;
    const duration = this.value;
    if (this.is(KEY.queued) && !this.amount() || this.is(KEY.queuedBy) && !this.string()) {
      return undefined;
    }
    if (!this.amountOf(KEY.cpu)) return undefined;
    const cpu = this.value;
    if (!this.amountOf(KEY.blocked)) return undefined;
    const blocked = this.value;
    if (!this.amountOf(KEY.wait)) return undefined;
    const wait = this.value;
    if (!this.amountOf(KEY.gc) || !this.amountOf(KEY.samples) || !this.is(KEY.outcome)) return undefined;
    const outcome = this.#outcome();
    if (outcome === undefined) return undefined;
    const hot = this.is(KEY.hot) ? this.is(NULL) ? null : this.#hot() ?? WRONG : undefined;
    const blockers = this.is(KEY.blockers) ? this.#blockers() ?? WRONG : undefined;
    if (hot === WRONG || blockers === WRONG) return undefined;
    if (this.is(KEY.trace) && !this.is(NULL) && !this.string()) return undefined;
    const files = this.is(KEY.files) ? this.#files() : undefined;
    if (files === undefined || !this.is(END) || !this.isEnd()) return undefined;
    return {
      id,
      method,
      route,
      status,
      pattern,
      startedOn,
      outcome,
      files,
      duration,
      cpu,
      blocked,
      wait,
      hot,
      alloc: undefined,
      blockers,
      calls: undefined,
    };
  }

  /** The same, as one text for all. */
  #known(): string {
    return this.#texts.get(this.bytes, this.from, this.at - 1);
  }

  /** Whether the string that was found last is an instant; most are of the second of the one before. */
  #isInstant(): boolean {
    const [bytes, from, end] = [this.bytes, this.from, this.at - 1];
    if (end - from !== LENGTH_OF_INSTANT) return false;
    const second = this.#second;
    const [a, b, c] = [bytes[end - 4]! - ZERO, bytes[end - 3]! - ZERO, bytes[end - 2]! - ZERO];
    let same = 0;
    while (same < SECOND && bytes[from + same] === second[same]) same++;
    if (same < SECOND) {
      const text = this.cut();
      if (!isInstant(text)) return false;
      bytes.copy(second, 0, from, from + SECOND);
      this.#secondOn = Date.parse(`${text.slice(0, SECOND)}000Z`);
    } else if (!isDigit(a) || !isDigit(b) || !isDigit(c) || bytes[end - 1] !== Z) return false;
    this.#startedOn = this.#secondOn + 100 * a + 10 * b + c;
    return true;
  }

  #outcome(): Outcome | undefined {
    for (const { outcome, word } of OUTCOMES) if (this.is(word)) return outcome;
    return undefined;
  }

  #hot(): HotFunction | undefined {
    const from = this.at;
    if (!this.stringOf(KEY.function) || !this.stringOf(KEY.file) || !this.amountOf(KEY.line)) {
      return undefined;
    }
    const known = this.#functions.get(this.bytes, from, this.at);
    if (!this.amountOf(KEY.self) || !this.is(END)) return undefined;
    return { function: known.function, file: known.file, line: known.line, self: this.value };
  }

  #blockers(): readonly Blocker[] | undefined {
    if (!this.is(OPEN)) return undefined;
    const blockers: { id: string; ms: Milliseconds }[] = [];
    while (!this.is(CLOSE)) {
      if (blockers.length > 0 && !this.is(NEXT) || !this.is(KEY.blocker)) return undefined;
      const isOutside = this.is(OUTSIDE_ID);
      if (!isOutside && !this.string()) return undefined;
      const id = isOutside ? OUTSIDE : this.cut();
      if (!this.amountOf(KEY.ms) || !this.is(END)) return undefined;
      blockers.push({ id, ms: this.value });
    }
    return blockers;
  }

  #files(): readonly string[] | undefined {
    if (!this.is(OPEN)) return undefined;
    if (this.is(CLOSE)) return NO_FILES;
    const files: string[] = [];
    do {
      if (!this.string()) return undefined;
      const file = this.cut();
      if (!isInside(file)) return undefined;
      files.push(file);
    } while (this.is(NEXT));
    return this.is(CLOSE) ? files : undefined;
  }
}

/** What stands there is not what was due. */
const WRONG = Symbol();
const Z = 0x5a;

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}
