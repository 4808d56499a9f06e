/** The line a person reads for each request. */
import type { IndexEntry } from "../store/entry.ts";
import type { Milliseconds } from "../units.ts";
import { type Look, type Paint } from "./colours.ts";
import { printable, shortened } from "./printable.ts";

/** From here on a request counts as slow, and the part it spent most of its time in stands out. */
const SLOW: Milliseconds = 100;
const MOST_OF_A_URL = 300;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * One request as one line, first as Django's development server prints it, then the split of its time and its files:
 * `[22/Nov/2026 06:29:38] "GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> a.cpuprofile`.
 * The time is local; the parts add up as printed. Pure but for the time zone.
 */
export function requestLine(entry: IndexEntry, paint: Paint): string {
  const url = printable(shortened(entry.url, MOST_OF_A_URL));
  const request = `"${printable(entry.method)} ${url} HTTP/${printable(entry.http)}"`;
  const look = lookOf(entry);
  const answer = `${request} ${entry.status === 0 ? "-" : entry.status} ${entry.bytes}`;
  const files = entry.files.length === 0 ? "" : paint("dim", ` -> ${entry.files.map(printable).join(", ")}`);
  const ending = entry.outcome === "finished" ? "" : ` ${paint("red", `(${entry.outcome})`)}`;
  return `[${localTime(entry.start)}] ${look ? paint(look, answer) : answer}${ending}  ${
    split(entry, paint)
  }${queued(entry)}${files}`;
}

/** Shorter waits in the socket are not worth a word. */
const LONG_QUEUE: Milliseconds = 5;

/** As in ` (queued up to 75.3 ms before)`. */
function queued({ queued = 0 }: IndexEntry): string {
  return queued < LONG_QUEUE ? "" : ` (queued up to ${queued.toFixed(1)} ms before)`;
}

function lookOf({ status }: IndexEntry): Look | undefined {
  if (status >= 500) return "red";
  return status >= 400 ? "yellow" : undefined;
}

function split(entry: IndexEntry, paint: Paint): string {
  const names = ["cpu", "blocked", "wait"] as const;
  const tenths = shares(names.map((it) => entry[it]), entry.duration);
  const most = tenths.indexOf(Math.max(...tenths));
  const parts = names.map((name, at) => {
    const text = `${oneDecimal(tenths[at] ?? 0)} ${name}`;
    return at === most && entry.duration >= SLOW ? paint("yellow", text) : text;
  });
  return `${oneDecimal(Math.round(entry.duration * 10))} ms = ${parts.join(" + ")}`;
}

/** Parts in whole tenths that add up to the whole in tenths: the largest remainders are rounded up. Pure. */
function shares(parts: readonly Milliseconds[], whole: Milliseconds): number[] {
  const floors = parts.map((it) => Math.floor(it * 10));
  const byRemainder = parts.map((it, at) => ({ at, rest: it * 10 - (floors[at] ?? 0) }))
    .sort((a, b) => b.rest - a.rest);
  let missing = Math.round(whole * 10) - floors.reduce((sum, it) => sum + it, 0);
  for (const { at } of byRemainder) {
    if (missing-- <= 0) break;
    floors[at] = (floors[at] ?? 0) + 1;
  }
  return floors;
}

function oneDecimal(tenths: number): string {
  return (tenths / 10).toFixed(1);
}

/** An instant in ISO 8601 as people here read it, as `22/Nov/2026 06:29:38`. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
