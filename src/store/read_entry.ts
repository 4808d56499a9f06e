/** What stands in a line of `index.ndjson`, checked: the directory may be anybody's. Pure. */
import type { IndexEntry } from "./entry.ts";

const OUTCOMES: readonly unknown[] = ["finished", "aborted", "error", "unfinished"];

/** The entry of a line; undefined if it is none, or not all of one. */
export function readEntry(line: string): IndexEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null && isEntry(value) ? value : undefined;
}

/** Key by key, and no list of keys: an index may have millions of lines. */
function isEntry(value: Partial<Record<keyof IndexEntry, unknown>>): value is IndexEntry {
  const { files } = value;
  return value.v === 1 && isInstant(value.start) && OUTCOMES.includes(value.outcome) &&
    isText(value.id) && isText(value.runtime) && isText(value.method) && isText(value.url) &&
    isText(value.path) && isText(value.route) && isText(value.http) &&
    isAmount(value.pid) && isAmount(value.tid) && isAmount(value.status) && isAmount(value.bytes) &&
    isAmount(value.duration) && isAmount(value.cpu) && isAmount(value.blocked) && isAmount(value.wait) &&
    isAmount(value.gc) && isAmount(value.samples) &&
    (value.pattern === undefined || value.pattern === true) &&
    (value.beside === undefined || value.beside === true) && Array.isArray(files) &&
    files.every(isInside) &&
    (value.queued === undefined || isAmount(value.queued)) && isTextIfAny(value.run) &&
    isTextIfAny(value.trace) && isTextIfAny(value.queuedBy) &&
    isHotIfAny(value.hot) && isAllocatedIfAny(value.alloc) && areBlockersIfAny(value.blockers) &&
    areCallsIfAny(value.calls);
}

/** Absent in what an older version wrote, as are the others of these. */
function isTextIfAny(value: unknown): boolean {
  return value === undefined || value === null || isText(value);
}

function isHotIfAny(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  const { function: name, file, line, self } = value as Readonly<Record<string, unknown>>;
  return isText(name) && isText(file) && isAmount(line) && isAmount(self);
}

function isAllocatedIfAny(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  const { bytes, hot } = value as Readonly<Record<string, unknown>>;
  return isAmount(bytes) && isHotIfAny(hot);
}

function areBlockersIfAny(value: unknown): boolean {
  return value === undefined ||
    Array.isArray(value) && value.every((it) => isText(it?.id) && isAmount(it?.ms));
}

function areCallsIfAny(value: unknown): boolean {
  return value === undefined ||
    Array.isArray(value) &&
      value.every((it) =>
        isText(it?.function) && isText(it?.file) && isAmount(it?.line) && isAmount(it?.count) &&
        (it.resumed === undefined || it.resumed === true)
      );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether it is a number of something. */
export function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Whether it is an instant as we write it, `2026-11-23T00:43:08.550Z`. */
export function isInstant(value: unknown): value is string {
  return typeof value === "string" && INSTANT.test(value);
}

const INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Whether a file's name, with `/`, leads to no other place than into the run's directory. */
export function isInside(name: unknown): boolean {
  return typeof name === "string" && name !== "" && !/[\\:\0]/.test(name) &&
    (PLAIN.test(name) || !/(?:^|\/)\.{0,2}(?:\/|$)/.test(name));
}

/** A name without directories, as most are. */
const PLAIN = /^[^./][^/]*$/;
