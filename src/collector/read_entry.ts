/** What stands in a line of `index.ndjson`, checked: the directory may be anybody's. Pure. */
import type { IndexEntry } from "./entry.ts";

const TEXTS = ["id", "runtime", "method", "url", "path", "route", "http"] as const;
const AMOUNTS = [
  "pid",
  "tid",
  "status",
  "bytes",
  "duration",
  "cpu",
  "blocked",
  "wait",
  "gc",
  "samples",
] as const;
const OUTCOMES: readonly unknown[] = ["finished", "aborted", "error", "unfinished"];

/** The entry of a line; undefined if it is none, or not all of one. */
export function readEntry(line: string): IndexEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const entry = value as Readonly<Record<string, unknown>>;
  if (entry["v"] !== 1 || !isInstant(entry["start"]) || !OUTCOMES.includes(entry["outcome"])) {
    return undefined;
  }
  for (const key of TEXTS) if (typeof entry[key] !== "string") return undefined;
  for (const key of AMOUNTS) if (!isAmount(entry[key])) return undefined;
  const files = entry["files"];
  if (!Array.isArray(files) || !files.every(isInside)) return undefined;
  return value as IndexEntry;
}

/** Whether it is a number of something. */
export function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Whether it is an instant as we write it, `2026-11-23T00:43:08.550Z`. */
export function isInstant(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value));
}

/** Whether a file's name, with `/`, leads to no other place than into the run's directory. */
function isInside(name: unknown): boolean {
  return typeof name === "string" && name !== "" && !/[\\:\0]|(?:^|\/)\.{0,2}(?:\/|$)/.test(name);
}
