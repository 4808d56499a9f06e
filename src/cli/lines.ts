/** The line a person reads for each request. */
import type { KnownRequest } from "../analysis/culprits.ts";
import { OUTSIDE } from "../profile/request.ts";
import { formatOfFile } from "../formats/mod.ts";
import type { IndexEntry } from "../store/entry.ts";
import type { Milliseconds } from "../units.ts";
import { type Look, type Paint } from "./colours.ts";
import { functionInSentence, functionText, spokenBytes } from "./culprit_lines.ts";
import { printable, shortened } from "./printable.ts";

/** From here on a request counts as slow, and the part it spent most of its time in stands out. */
const SLOW: Milliseconds = 100;
const MOST_OF_A_URL = 300;
const LEAST_OF_A_URL = 12;
const MOST_OF_A_BLOCKER = 48;
/** The date's length, with the space behind it. */
const DATE = "22/Nov/2026 ".length;
/** The garbage collector is told of from this share of the duration on. */
const MUCH_GC = 0.1;
/** A function that took less is not worth its place. */
const WORTH_NAMING: Milliseconds = 5;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** How a line is to be. */
export interface LineOptions {
  readonly paint: Paint;
  /** Columns of the terminal; absent where it is none. */
  readonly width?: number | undefined;
  /** What is known of requests that have ended, by id. */
  known?(id: string): KnownRequest | undefined;
}

/**
 * One request as one line, first as Django's development server prints it, then the split of its time with the one to blame
 * for its largest part, and its files:
 * `[22/Nov/2026 06:29:38] "GET /users/42 HTTP/1.1" 200 41107  12.3 ms = 3.1 cpu + 2.0 blocked + 7.2 wait -> a.cpuprofile`.
 * The time is local; the parts add up as printed. A terminal that is too narrow costs first the date, then the files, then
 * the end of the URL. Pure but for the time zone.
 */
export function requestLine(entry: IndexEntry, { paint, width = Infinity, known }: LineOptions): string {
  const look = lookOf(entry);
  const notes = [entry.outcome === "finished" ? "" : entry.outcome, entry.beside ? "not alone" : ""];
  const note = notes.filter((it) => it !== "").join(", ");
  const ending = note && ` (${note})`;
  const time = [...split(entry, known), { text: queued(entry, known) }, { text: allocated(entry) }];
  const files = entry.files.length === 0 ? "" : ` -> ${fileNames(entry.files.map(printable))}`;
  const made = (parts: { date: boolean; files: boolean; url: number }) => ({
    date: localTime(entry.start).slice(parts.date ? 0 : DATE),
    answer: answerText(entry, parts.url),
    files: parts.files ? files : "",
  });
  const lengthOf = (it: ReturnType<typeof made>) =>
    [...`[${it.date}] ${it.answer}${ending}  ${time.map(({ text }) => text).join("")}${it.files}`].length;
  let parts = { date: true, files: true, url: MOST_OF_A_URL };
  for (const less of [{ date: false }, { files: false }]) {
    if (lengthOf(made(parts)) > width) parts = { ...parts, ...less };
  }
  const excess = lengthOf(made(parts)) - width;
  if (excess > 0) parts.url = Math.max(LEAST_OF_A_URL, [...printable(entry.url)].length - excess);
  const { date, answer, files: shown } = made(parts);
  const painted = `[${date}] ${look ? paint(look, answer) : answer}${
    ending && ` ${paint("red", ending.trim())}`
  }  ${time.map(({ text, look }) => look ? paint(look, text) : text).join("")}${
    shown && paint("dim", shown)
  }`;
  if (lengthOf({ date, answer, files: shown }) <= width) return painted;
  // What does not fit even so is cut, without its colours: they would not end.
  const url = shortened(printable(entry.url), LEAST_OF_A_URL);
  const least = `${printable(entry.method)} ${url} ${entry.status === 0 ? "-" : entry.status}${ending}`;
  return shortened(`${least}  ${time.map(({ text }) => text).join("")}`, width);
}

function answerText({ method, url, http, status, bytes }: IndexEntry, most: number): string {
  return `"${printable(method)} ${shortened(printable(url), most)} HTTP/${printable(http)}" ${
    status === 0 ? "-" : status
  } ${bytes}`;
}

/** Names that differ in their endings only are written once, as in `a.{cpuprofile,folded}`. Pure. */
export function fileNames(names: readonly string[]): string {
  const dot = names[0]?.lastIndexOf("/") ?? -1;
  const stems = names.map((it) => it.slice(0, it.length - (formatOfFile(it)?.extension.length ?? 0)));
  const [stem = ""] = stems;
  if (names.length < 2 || dot === stem.length - 1 || stems.some((it) => it !== stem)) return names.join(", ");
  return `${stem}.{${names.map((it) => it.slice(stem.length + 1)).join(",")}}`;
}

/** Shorter waits in the socket are not worth a word. */
const LONG_QUEUE: Milliseconds = 5;

/** As in ` (queued up to 75.3 ms before, by GET /export: buildExport server.js:16)`. */
function queued({ queued = 0, queuedBy }: IndexEntry, known: LineOptions["known"]): string {
  if (queued < LONG_QUEUE) return "";
  const by = queuedBy === undefined ? undefined : blockerText(queuedBy, known);
  return ` (queued up to ${queued.toFixed(1)} ms before${
    by === undefined ? "" : `, by ${queuedBy === OUTSIDE ? "work outside requests" : by}`
  })`;
}

/** As in `, 12.3 MB allocated: buildRows server.js:16`. */
function allocated({ alloc }: IndexEntry): string {
  if (!alloc) return "";
  const by = alloc.hot === null ? "" : `: ${functionInSentence(alloc.hot)}`;
  return `, ${spokenBytes(alloc.bytes)} allocated${by}`;
}

function lookOf({ status }: IndexEntry): Look | undefined {
  if (status >= 500) return "red";
  return status >= 400 ? "yellow" : undefined;
}

/** A piece of the line. */
interface Piece {
  readonly text: string;
  readonly look?: Look;
}

function split(entry: IndexEntry, known: LineOptions["known"]): Piece[] {
  const names = ["cpu", "blocked", "wait"] as const;
  const digits = entry.duration < 1 ? 2 : 1;
  const scale = 10 ** digits;
  const units = shares(names.map((it) => entry[it]), entry.duration, scale);
  const text = (value: number) => (value / scale).toFixed(digits);
  const most = units.indexOf(Math.max(...units));
  const pieces = names.map((name, at): Piece => {
    const why = at === most ? culprit(entry, name, known) : undefined;
    const details = [why, name === "cpu" ? gcText(entry, text) : undefined].filter((it) => it !== undefined);
    const piece = `${text(units[at] ?? 0)} ${name}${details.length > 0 ? ` (${details.join(", ")})` : ""}`;
    return { text: piece, ...(at === most && entry.duration >= SLOW ? { look: "yellow" as const } : {}) };
  });
  const [cpu, blocked, wait] = pieces as [Piece, Piece, Piece];
  const plus: Piece = { text: " + " };
  const slowed = entry.calls !== undefined
    ? " (slowed by --calls)"
    : entry.alloc !== undefined
    ? " (slowed by --profiler heap)"
    : "";
  return [
    { text: `${text(Math.round(entry.duration * scale))} ms${slowed} = ` },
    cpu,
    plus,
    blocked,
    plus,
    wait,
  ];
}

function gcText({ gc, duration }: IndexEntry, text: (units: number) => string): string | undefined {
  const scale = duration < 1 ? 100 : 10;
  return gc > 0 && gc >= MUCH_GC * duration ? `${text(Math.round(gc * scale))} gc` : undefined;
}

/** The one to blame for the largest part of a request's time: its own function, or who held it up for most of it. */
function culprit(
  { hot, blockers = [], cpu, blocked }: IndexEntry,
  part: "cpu" | "blocked" | "wait",
  known: LineOptions["known"],
): string | undefined {
  if (part === "cpu") return hot && cpu >= WORTH_NAMING ? functionText(hot) : undefined;
  const [first] = blockers;
  if (part === "wait" || first === undefined || first.ms < blocked / 2) return undefined;
  return blockerText(first.id, known);
}

/** Who held up a request, with its function; undefined where it is not known. */
function blockerText(id: string, known: LineOptions["known"]): string | undefined {
  if (id === OUTSIDE) return "outside requests";
  const by = known?.(id);
  if (by === undefined) return undefined;
  const name = shortened(printable(by.name), MOST_OF_A_BLOCKER);
  return by.hot === undefined ? name : `${name}: ${functionText(by.hot)}`;
}

/** Parts in whole units, `scale` of them a millisecond, that add up to the whole: the largest remainders are rounded up. Pure. */
function shares(parts: readonly Milliseconds[], whole: Milliseconds, scale: number): number[] {
  const floors = parts.map((it) => Math.floor(it * scale));
  const byRemainder = parts.map((it, at) => ({ at, rest: it * scale - (floors[at] ?? 0) }))
    .sort((a, b) => b.rest - a.rest);
  let missing = Math.round(whole * scale) - floors.reduce((sum, it) => sum + it, 0);
  for (const { at } of byRemainder) {
    if (missing-- <= 0) break;
    floors[at] = (floors[at] ?? 0) + 1;
  }
  return floors;
}

/** An instant in ISO 8601 as people here read it, as `22/Nov/2026 06:29:38`. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
