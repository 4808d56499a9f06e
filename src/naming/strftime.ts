// https://docs.python.org/3/library/datetime.html#format-codes over glibc's strftime in the C locale (time/strftime_l.c).
/**
 * `datetime.strftime` without a time zone: all codes of Python and glibc, glibc's flags `_ - 0 ^ #`, widths and
 * modifiers `E O`; a code nobody knows stays as it is.
 */
import { isoWeek, weekday, yearday } from "./calendar.ts";
import { type DateTime, FormatStringError } from "./values.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Flags, width, modifier and code; a format may end before the code. */
const DIRECTIVE = /%([_\-0^#]*)(\d*)([EO]?)([^]?)/gu;

/** What one code stands for: a number in at least so many digits, a text, the codes it is short for, or nothing at all. */
type Meaning =
  | { readonly number: number; readonly digits: number; readonly spaced?: boolean }
  | { readonly text: string; readonly onSharp?: "upper" | "lower"; readonly always?: "lower" }
  | { readonly codes: string }
  | "nothing";

interface Code {
  /** Modifiers that glibc takes before this code. */
  readonly modifiers: "" | "E" | "O" | "EO";
  readonly meaning: (date: DateTime) => Meaning;
}

const CODES: Readonly<Record<string, Code>> = {
  "%": text("", () => "%"),
  a: text("", (date) => dayName(date).slice(0, 3), { onSharp: "upper" }),
  A: text("", dayName, { onSharp: "upper" }),
  b: text("O", (date) => monthName(date).slice(0, 3), { onSharp: "upper" }),
  B: text("O", monthName, { onSharp: "upper" }),
  c: codes("E", "%a %b %e %H:%M:%S %Y"),
  C: number("EO", 1, (date) => Math.floor(date.year / 100)),
  d: number("O", 2, (date) => date.day),
  D: codes("", "%m/%d/%y"),
  e: number("O", 2, (date) => date.day, true),
  F: codes("", "%Y-%m-%d"),
  g: number("O", 2, (date) => isoWeek(date).year % 100),
  G: number("O", 1, (date) => isoWeek(date).year),
  h: text("O", (date) => monthName(date).slice(0, 3), { onSharp: "upper" }),
  H: number("O", 2, (date) => date.hour),
  I: number("O", 2, hour12),
  j: number("O", 3, (date) => yearday(date) + 1),
  k: number("O", 2, (date) => date.hour, true),
  l: number("O", 2, hour12, true),
  m: number("O", 2, (date) => date.month),
  M: number("O", 2, (date) => date.minute),
  n: text("EO", () => "\n"),
  p: text("EO", (date) => (date.hour < 12 ? "AM" : "PM"), { onSharp: "lower" }),
  P: text("EO", (date) => (date.hour < 12 ? "AM" : "PM"), { always: "lower" }),
  r: codes("EO", "%I:%M:%S %p"),
  R: codes("EO", "%H:%M"),
  s: text("EO", (date) => String(date.epoch)),
  S: number("O", 2, (date) => date.second),
  t: text("EO", () => "\t"),
  T: codes("EO", "%H:%M:%S"),
  u: number("EO", 1, (date) => weekday(date) || 7),
  U: number("O", 2, (date) => Math.floor((yearday(date) - weekday(date) + 7) / 7)),
  V: number("O", 2, (date) => isoWeek(date).week),
  w: number("O", 1, weekday),
  W: number("O", 2, (date) => Math.floor((yearday(date) - ((weekday(date) + 6) % 7) + 7) / 7)),
  x: codes("E", "%m/%d/%y"),
  X: codes("E", "%H:%M:%S"),
  y: number("EO", 2, (date) => date.year % 100),
  Y: number("E", 1, (date) => date.year),
  z: { modifiers: "EO", meaning: () => "nothing" },
  Z: text("EO", () => "", { onSharp: "lower" }),
};

/** `date.strftime(format)`; throws a `FormatStringError` where Python raises. */
export function strftime(date: DateTime, format: string): string {
  if (/\p{Cs}/u.test(format)) throw new FormatStringError("half a surrogate pair in a date's format");
  const end = format.indexOf("\0");
  const plain = expandPythonCodes(date, end < 0 ? format : format.slice(0, end));
  const written = write(date, plain, capacity([...plain].length));
  return written ?? "";
}

/** Python replaces these before the C library sees the rest. */
function expandPythonCodes(date: DateTime, format: string): string {
  const micros = String(date.microsecond).padStart(6, "0");
  return format.replace(
    /%([^])/gu,
    (whole, code) => (code === "f" ? micros : /[zZ]/.test(code) ? "" : whole),
  );
}

/** CPython gives the C library this much room, its end mark included; what does not fit comes out empty. */
function capacity(formatLength: number): number {
  let size = 1024;
  while (size < 256 * formatLength) size *= 2;
  return size - 1;
}

function write(date: DateTime, format: string, room: number): string | undefined {
  let written = "";
  let from = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    const [whole, flags = "", digits = "", modifier = "", code = ""] = match;
    written += format.slice(from, match.index);
    from = match.index + whole.length;
    const width = Number(digits);
    const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
    const meaning = known?.modifiers.includes(modifier) ? known.meaning(date) : asItStands(whole);
    if (meaning === "nothing") continue;
    if (width > room) return undefined;
    written += writeOne(date, meaning, { pad: /[_\-0](?=[\^#]*$)/.exec(flags)?.[0] ?? "", flags, width });
    if (written.length > 2 * room) return undefined;
  }
  written += format.slice(from);
  return [...written].length > room ? undefined : written;
}

/** A directive that the C library does not take: shown from its last % on, with the flags it had seen by then. */
function asItStands(directive: string): Meaning {
  const text = directive.endsWith("%") ? "%" : directive;
  return /[bh]$/.test(directive) ? { text, onSharp: "upper" } : { text };
}

interface Style {
  /** The last of the flags `_ - 0`. */
  readonly pad: string;
  readonly flags: string;
  readonly width: number;
}

function writeOne(
  date: DateTime,
  meaning: Exclude<Meaning, "nothing">,
  { pad, flags, width }: Style,
): string {
  const upper = flags.includes("^");
  if ("number" in meaning) {
    const filler = meaning.spaced && pad === "" ? "_" : pad;
    const plain = String(meaning.number);
    const digits = Math.max(meaning.digits, width);
    const filled = filler === "-" ? plain : plain.padStart(digits, filler === "_" ? " " : "0");
    return filled.padStart(width);
  }
  let body = "codes" in meaning ? write(date, meaning.codes, Infinity) ?? "" : meaning.text;
  if ("codes" in meaning) body = upper ? body.toUpperCase() : body;
  else {
    const sharp = flags.includes("#") ? meaning.onSharp : undefined;
    if (meaning.always === "lower" || sharp === "lower") body = body.toLowerCase();
    else if (upper || sharp === "upper") body = body.toUpperCase();
  }
  return body.padStart(width, pad === "0" ? "0" : " ");
}

function number(
  modifiers: Code["modifiers"],
  digits: number,
  value: (date: DateTime) => number,
  spaced = false,
): Code {
  return { modifiers, meaning: (date) => ({ number: value(date), digits, spaced }) };
}

function text(
  modifiers: Code["modifiers"],
  value: (date: DateTime) => string,
  cases: { readonly onSharp?: "upper" | "lower"; readonly always?: "lower" } = {},
): Code {
  return { modifiers, meaning: (date) => ({ text: value(date), ...cases }) };
}

function codes(modifiers: Code["modifiers"], short: string): Code {
  return { modifiers, meaning: () => ({ codes: short }) };
}

function dayName(date: DateTime): string {
  return DAYS[weekday(date)] ?? "";
}

function monthName(date: DateTime): string {
  return MONTHS[date.month - 1] ?? "";
}

function hour12(date: DateTime): number {
  return date.hour % 12 || 12;
}
