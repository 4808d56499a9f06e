/** Option values: from text to what they mean, or one sentence why not. */
import { createHash } from "node:crypto";
import process from "node:process";
import { parseRequestPattern, type RequestPattern } from "../collector/request_filter.ts";
import { homeDirectory } from "../files/directories.ts";
import { type Format, formatOf, formats } from "../formats/mod.ts";
import {
  parseRedaction,
  parseTemplate,
  type Redaction,
  type Template,
  TemplateError,
  whyUnfitOnWindows,
} from "../naming/mod.ts";
import type { TriggerConfig } from "../protocol/messages.ts";
import { type Profiler, PROFILERS } from "../protocol/modes.ts";
import type { Bytes, Microseconds, Milliseconds } from "../units.ts";
import { HEAP_INTERVAL, INTERVAL } from "./options.ts";
import { UsageError } from "./split.ts";

/** `--prof-path`, `--out`: a directory that will be made where it is missing. */
export function directoryOf(name: string, text: string, platform: string = process.platform): string {
  const reason = platform === "win32" ? whyUnfitOnWindows(text) : undefined;
  if (reason === undefined) return text;
  throw new UsageError(`--${name} "${text}": ${reason}`);
}

/** `--prof-file`. */
export function templateOf(text: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) throw new UsageError(error.message);
    throw error;
  }
}

/** A directory; a leading `~`, which the shell leaves in `--prof-path=~/x`, is the user's home. */
export function pathOf(name: string, text: string): string {
  const [, user, rest = ""] = /^~([^/\\]*)(.*)$/s.exec(text) ?? [];
  if (user === undefined) return text;
  if (user === "") {
    const home = homeDirectory();
    if (home !== undefined) return home + rest;
    throw new UsageError(`--${name} "${text}": your home is not known, because HOME is not set`);
  }
  throw new UsageError(
    `--${name} "${text}": the home of "${user}" is not known; a directory of this name is ./${text}`,
  );
}

const TIMES: Readonly<Record<string, Microseconds>> = { us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6, m: 60e6 };

/** A time with its unit, or in `unit`; NaN if it is none. */
function timeOf(text: string, unit: string): Microseconds {
  const [, number = "NaN", own = unit] = /^(\d+\.?\d*|\.\d+)(?: ?([µμu]s|ms|s|m))?$/.exec(text) ?? [];
  // 1.1 * 1000 is not 1100.
  return Math.round(Number(number) * (TIMES[own] ?? NaN) * 1e6) / 1e6;
}

/** `--interval`. */
export function intervalOf(text: string): Microseconds {
  const value = timeOf(text, "us");
  if (Number.isInteger(value) && value >= INTERVAL.least && value <= INTERVAL.most) return value;
  throw new UsageError(
    `--interval "${text}": expected whole microseconds from ${INTERVAL.least} to ${INTERVAL.most}, as in 250, 250us or 1ms`,
  );
}

/** `--profiler`. */
export function profilerOf(text: string): Profiler {
  const found = PROFILERS.find((it) => it === text);
  if (found !== undefined) return found;
  throw new UsageError(`--profiler "${text}": expected ${PROFILERS.join(" or ")}`);
}

/** `--format`: a list by comma, each format once. */
export function formatsOf(text: string): Format[] {
  const ids = text.split(",").map((id) => id.trim());
  return [...new Set(ids)].map((id) => {
    const format = formatOf(id);
    if (format !== undefined) return format;
    const wrong = ids.length === 1 ? "" : `"${id}" is no format, `;
    throw new UsageError(`--format "${text}": ${wrong}expected ${formats.map((it) => it.id).join(", ")}`);
  });
}

/** `--only`, `--skip`. */
export function patternOf(name: string, text: string): RequestPattern {
  try {
    return parseRequestPattern(text);
  } catch (error) {
    throw new UsageError(`--${name} "${text}": ${(error as Error).message}`);
  }
}

/** `--min-duration`. */
export function durationOf(text: string): Milliseconds {
  const value = timeOf(text, "ms");
  if (!Number.isNaN(value)) return value / 1000;
  throw new UsageError(`--min-duration "${text}": expected milliseconds, as in 250, 0.5 or 2s`);
}

/** `--sample`: one in N, or a share; 0 to 1. */
export function shareOf(text: string): number {
  const [, part, whole] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const value = whole !== undefined
    ? Number(part) / Number(whole)
    : /^(?:\d+\.?\d*|\.\d+) ?%$/.test(text)
    ? Number.parseFloat(text) / 100
    : /^(?:\d+\.?\d*|\.\d+)$/.test(text)
    ? Number(text)
    : NaN;
  if (value >= 0 && value <= 1) return value;
  throw new UsageError(
    `--sample "${text}": expected one in N, as in 1/20, or a share from 0 to 1, as in 0.05 or 5%`,
  );
}

/** `--trigger`: only the digest of the secret goes any further. */
export function triggerOf(text: string): TriggerConfig {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  // A header's name is the narrowest of the three. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
  if (!/^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/.test(name)) {
    throw new UsageError(
      `--trigger "${name}": expected the name of a header, query parameter or cookie, as in X-Profile`,
    );
  }
  if (at < 0) return { name };
  const secret = text.slice(at + 1);
  if (secret === "") throw new UsageError(`--trigger "${name}=": expected a secret behind the =, or no =`);
  return { name, digest: createHash("sha256").update(secret).digest("hex") };
}

/** `--redact`. */
export function redactionOf(text: string): Redaction {
  const names = text.split(",").map((it) => it.trim());
  const alone = names.find((it) => it === "all" || it === "none");
  if (alone !== undefined && names.length > 1) {
    throw new UsageError(`--redact "${text}": "${alone}" stands alone, without other names`);
  }
  try {
    return parseRedaction(names.join(","));
  } catch (error) {
    throw new UsageError(`--redact "${text}": ${(error as Error).message}`);
  }
}

/** `--max-files`, `--top`. */
export function countOf(text: string, name = "max-files"): number {
  const value = wholeNumber(text);
  if (!Number.isNaN(value)) return value;
  throw new UsageError(`--${name} "${text}": expected a whole number`);
}

/** `--port`, `--ui`; 0 is any free one. */
export function portOf(name: string, text: string): number {
  const value = wholeNumber(text);
  if (value <= 65535) return value;
  throw new UsageError(`--${name} "${text}": expected a port, 1 to 65535, or 0 for any free one`);
}

const UNITS: Readonly<Record<string, Bytes>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `--max-size`, with a unit of 1000 (MB) or 1024 (MiB): a bare number of bytes is hardly ever meant. */
export function sizeOf(text: string): Bytes {
  const value = text === "0" ? 0 : bytesOf(text);
  if (!Number.isNaN(value)) return value;
  throw new UsageError(`--max-size "${text}": expected a size with its unit, as in 500MB or 2GiB`);
}

/** `--heap-interval`. */
export function heapIntervalOf(text: string): Bytes {
  const number = wholeNumber(text);
  const value = Number.isNaN(number) ? bytesOf(text) : number;
  if (value >= HEAP_INTERVAL.least && value <= HEAP_INTERVAL.most) return value;
  throw new UsageError(
    `--heap-interval "${text}": expected bytes from ${HEAP_INTERVAL.least} to ${HEAP_INTERVAL.most}, as in 16384 or 16KiB`,
  );
}

/** A size with its unit; NaN if it is none. */
function bytesOf(text: string): Bytes {
  const [, number = "NaN", unit = ""] = /^(\d+\.?\d*|\.\d+) ?([a-z]*)$/i.exec(text) ?? [];
  return Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? NaN));
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

const AGES: Readonly<Record<string, Milliseconds>> = { d: 24 * 3600_000, h: 3600_000, m: 60_000 };

/** `--remove`: how long a run must be over, in days, hours or minutes. */
export function ageOf(text: string): Milliseconds {
  if (text === "0") return 0;
  const [, number = "", unit = ""] = /^(\d+\.?\d*|\.\d+)([dhm])$/.exec(text) ?? [];
  const scale = AGES[unit];
  if (scale !== undefined) return Number(number) * scale;
  throw new UsageError(`--remove "${text}": expected an age, as in 7d, 12h, 30m or 0`);
}
