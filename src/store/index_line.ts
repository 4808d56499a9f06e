/** Lines of `index.ndjson`: what `JSON.stringify` gives, in a fraction of its time. A server may answer tens of thousands of requests a second. */
import { Memo } from "../naming/mod.ts";
import type { EpochMilliseconds } from "../units.ts";
import type { Blocker, IndexEntry } from "./entry.ts";
import { LineBytes } from "./line_bytes.ts";

/** What most requests of a flood have in common. */
const PLAIN = Buffer.from(
  ',"gc":0,"samples":0,"outcome":"finished","hot":null,"blockers":[],"trace":null,"files":[]}\n',
);

/** Writes lines. What is the same for all requests of a kind is written once. */
export class IndexLines {
  readonly #out = new LineBytes();
  /** How many there are. */
  count = 0;
  /** By target a request, and what stands from `pid` to `bytes` in the lines of those like it, once there is a second one. */
  readonly #heads = new Memo<{ readonly of: IndexEntry; bytes: Uint8Array | undefined }>();
  #run: string | undefined;
  /** How the lines of a run begin. */
  #begin: Uint8Array = Buffer.from(BEGIN);

  /** All lines, each with its end; good until the next `add`. */
  get bytes(): Uint8Array {
    return this.#out.bytes;
  }

  /** The first lines are not wanted any more. */
  forget(count: number): void {
    if (count >= this.count) this.#out.clear();
    else this.#out.dropLines(count);
    this.count = Math.max(0, this.count - count);
  }

  /** Adds the line of a request. The properties stand in the order of `IndexEntry`; those that are undefined are left out. */
  add(entry: IndexEntry): void {
    const out = this.#out;
    const { length } = out;
    try {
      this.#line(entry);
      this.count++;
    } catch (error) {
      out.cutTo(length);
      throw error;
    }
  }

  #line(entry: IndexEntry): void {
    const out = this.#out;
    const { run, queued, queuedBy } = entry;
    if (run !== this.#run) this.#begin = this.#beginOf(run);
    out.copy(this.#begin);
    out.quoted(entry.id);
    this.#head(entry);
    out.number(entry.bytes);
    out.plain(',"start":"');
    out.plain(entry.start);
    out.plain('","duration":');
    out.thousandths(entry.duration);
    if (queued !== undefined) {
      out.plain(',"queued":');
      out.thousandths(queued);
    }
    if (queuedBy !== undefined) {
      out.plain(',"queuedBy":');
      out.quoted(queuedBy);
    }
    out.plain(',"cpu":');
    out.thousandths(entry.cpu);
    out.plain(',"blocked":');
    out.thousandths(entry.blocked);
    out.plain(',"wait":');
    out.thousandths(entry.wait);
    if (isPlain(entry)) out.copy(PLAIN);
    else tail(out, entry);
  }

  #beginOf(run: string | undefined): Uint8Array {
    this.#run = run;
    return Buffer.from(run === undefined ? BEGIN : `{"v":1,"run":${JSON.stringify(run)},"id":`);
  }

  #head(entry: IndexEntry): void {
    const out = this.#out;
    const known = this.#heads.get(entry.url);
    const isKnown = known !== undefined && haveSameHead(known.of, entry);
    if (isKnown && known.bytes !== undefined) return out.copy(known.bytes);
    const from = out.length;
    head(out, entry);
    if (isKnown) known.bytes = out.since(from);
    else this.#heads.set(entry.url, { of: entry, bytes: undefined });
  }
}

const BEGIN = '{"v":1,"id":';

function haveSameHead(a: IndexEntry, b: IndexEntry): boolean {
  return a.url === b.url && a.status === b.status && a.method === b.method && a.route === b.route &&
    a.path === b.path && a.pattern === b.pattern && a.http === b.http &&
    a.pid === b.pid && a.tid === b.tid && a.runtime === b.runtime;
}

function head(out: LineBytes, entry: IndexEntry): void {
  const { pid, tid, runtime, method, url, path, route, pattern, http, status } = entry;
  out.plain(`,"pid":${pid},"tid":${tid},"runtime":`);
  out.quoted(runtime);
  out.plain(',"method":');
  out.quoted(method);
  out.plain(',"url":');
  out.quoted(url);
  out.plain(',"path":');
  out.quoted(path);
  out.plain(',"route":');
  out.quoted(route);
  if (pattern !== undefined) out.plain(`,"pattern":${pattern}`);
  out.plain(',"http":');
  out.quoted(http);
  out.plain(`,"status":${status},"bytes":`);
}

function isPlain(
  { gc, samples, outcome, beside, hot, alloc, blockers, calls, trace, files }: IndexEntry,
): boolean {
  return beside === undefined && calls === undefined && alloc === undefined && samples === 0 && gc === 0 &&
    outcome === "finished" &&
    hot === null &&
    trace === null &&
    blockers !== undefined && blockers.length === 0 && files.length === 0;
}

function tail(out: LineBytes, entry: IndexEntry): void {
  const { gc, samples, outcome, beside, hot, alloc, blockers, calls, trace, files } = entry;
  out.plain(',"gc":');
  out.thousandths(gc);
  out.plain(`,"samples":${samples},"outcome":`);
  out.quoted(outcome);
  if (beside !== undefined) out.plain(',"beside":true');
  if (hot !== undefined) out.text(`,"hot":${JSON.stringify(hot)}`);
  if (alloc !== undefined) out.text(`,"alloc":${JSON.stringify(alloc)}`);
  if (blockers !== undefined) out.text(`,"blockers":${list(blockers)}`);
  if (calls !== undefined) out.text(`,"calls":${JSON.stringify(calls)}`);
  if (trace !== undefined) out.text(`,"trace":${JSON.stringify(trace)}`);
  out.text(`,"files":${list(files)}}\n`);
}

function list(values: readonly (string | Blocker)[]): string {
  return values.length === 0 ? "[]" : JSON.stringify(values);
}

/** Writes instants as ISO 8601 with milliseconds, UTC; those of one second together. */
export class Instants {
  #at: EpochMilliseconds = NaN;
  #text = "";
  #second = NaN;
  /** All but the milliseconds. */
  #head = "";

  /** @throws `RangeError` if there is no such date */
  text(at: EpochMilliseconds): string {
    // Many begin in the same millisecond.
    if (at !== this.#at) [this.#at, this.#text] = [NaN, this.#textOf(at)];
    this.#at = at;
    return this.#text;
  }

  #textOf(at: EpochMilliseconds): string {
    const second = Math.floor(at / 1000);
    const milliseconds = at - second * 1000;
    if (!Number.isInteger(at)) return new Date(at).toISOString();
    if (second !== this.#second) {
      this.#head = new Date(second * 1000).toISOString().slice(0, -"000Z".length);
      this.#second = second;
    }
    return `${this.#head}${milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : ""}${milliseconds}Z`;
  }
}
