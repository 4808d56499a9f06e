/** Lines of `index.ndjson`: what `JSON.stringify` gives, in a fraction of its time. A server may answer tens of thousands of requests a second. */
import { Memo } from "../naming/mod.ts";
import type { EpochMilliseconds, Milliseconds } from "../units.ts";
import type { Blocker, IndexEntry } from "./entry.ts";

/** What most requests of a flood have in common. */
const PLAIN = ',"gc":0,"samples":0,"outcome":"finished","hot":null,"blockers":[],"trace":null,"files":[]}\n';

/** Writes lines. What is the same for all requests of a kind is written once. */
export class IndexLines {
  /** By target what stands from `pid` to `status`, and the last request for which it did. */
  readonly #heads = new Memo<{ readonly of: IndexEntry; readonly text: string }>();

  /** The line of a request, with its end. The properties stand in the order of `IndexEntry`; those that are undefined are left out. */
  line(entry: IndexEntry): string {
    const { run, queued, queuedBy } = entry;
    return '{"v":1' + (run === undefined ? "" : `,"run":${quoted(run)}`) + `,"id":${quoted(entry.id)}` +
      this.#head(entry) + `,"bytes":${number(entry.bytes)},"start":"${entry.start}"` +
      `,"duration":${time(entry.duration)}` +
      (queued === undefined ? "" : `,"queued":${time(queued)}`) +
      (queuedBy === undefined ? "" : `,"queuedBy":${quoted(queuedBy)}`) +
      `,"cpu":${time(entry.cpu)},"blocked":${time(entry.blocked)},"wait":${time(entry.wait)}` +
      (isPlain(entry) ? PLAIN : tail(entry));
  }

  #head(entry: IndexEntry): string {
    const known = this.#heads.get(entry.url);
    if (known !== undefined && haveSameHead(known.of, entry)) return known.text;
    const text = head(entry);
    this.#heads.set(entry.url, { of: entry, text });
    return text;
  }
}

function haveSameHead(a: IndexEntry, b: IndexEntry): boolean {
  return a.url === b.url && a.status === b.status && a.method === b.method && a.route === b.route &&
    a.path === b.path && a.pattern === b.pattern && a.http === b.http &&
    a.pid === b.pid && a.tid === b.tid && a.runtime === b.runtime;
}

function head(entry: IndexEntry): string {
  const { pid, tid, runtime, method, url, path, route, pattern, http, status } = entry;
  // Joined, for that gives a flat text: one that is added up is taken apart each time it is written.
  return [
    `,"pid":${pid},"tid":${tid},"runtime":${quoted(runtime)},"method":${quoted(method)}`,
    `,"url":${quoted(url)},"path":${quoted(path)},"route":${quoted(route)}`,
    pattern === undefined ? "" : `,"pattern":${pattern}`,
    `,"http":${quoted(http)},"status":${status}`,
  ].join("");
}

function isPlain({ gc, samples, outcome, hot, alloc, blockers, calls, trace, files }: IndexEntry): boolean {
  return calls === undefined && alloc === undefined && samples === 0 && gc === 0 && outcome === "finished" &&
    hot === null &&
    trace === null &&
    blockers !== undefined && blockers.length === 0 && files.length === 0;
}

function tail({ gc, samples, outcome, hot, alloc, blockers, calls, trace, files }: IndexEntry): string {
  return `,"gc":${time(gc)},"samples":${samples},"outcome":${quoted(outcome)}` +
    (hot === undefined ? "" : `,"hot":${hot === null ? "null" : JSON.stringify(hot)}`) +
    (alloc === undefined ? "" : `,"alloc":${JSON.stringify(alloc)}`) +
    (blockers === undefined ? "" : `,"blockers":${list(blockers)}`) +
    (calls === undefined ? "" : `,"calls":${JSON.stringify(calls)}`) +
    (trace === undefined ? "" : `,"trace":${trace === null ? "null" : quoted(trace)}`) +
    `,"files":${list(files)}}\n`;
}

/** What JSON cannot have in a string as it is. */
// deno-lint-ignore no-control-regex
const ESCAPED = /["\\\0-\x1f\ud800-\udfff]/;

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function list(values: readonly (string | Blocker)[]): string {
  return values.length === 0 ? "[]" : JSON.stringify(values);
}

function number(value: number): string {
  return Number.isFinite(value) ? `${value}` : "null";
}

/** The decimals of so many thousandths. */
const DECIMALS = Array.from({ length: 1000 }, (_, i) => String(i / 1000).slice(1));

/** To write the digits of two whole numbers takes a fifth of what it takes to find the shortest decimal fraction that stands for a time. */
function time(value: Milliseconds): string {
  const whole = Math.floor(value);
  const thousandths = Math.round((value - whole) * 1000);
  const isShort = value >= 0 && value < LONGEST_SHORT && (whole * 1000 + thousandths) / 1000 === value;
  return isShort ? whole + DECIMALS[thousandths]! : number(value);
}
/** Longer times have fewer than three decimals. */
const LONGEST_SHORT: Milliseconds = 1e12;

/** Writes instants as ISO 8601 with milliseconds, UTC; those of one second together. */
export class Instants {
  #second = NaN;
  /** All but the milliseconds. */
  #head = "";

  /** @throws `RangeError` if there is no such date */
  text(at: EpochMilliseconds): string {
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
