/** Reads what a run left behind, which may come from anywhere: `run.json` and the lines of `index.ndjson`. */
import { join } from "node:path";
import { FileRefused } from "../files/refused.ts";
import { LineReader, linesOf } from "../files/lines.ts";
import { readRegular } from "../files/regular.ts";
import type { IndexEntry, OutsideTotals, RunTotals } from "./entry.ts";
import { version } from "../version.ts";
import { isRunRecord, LONGEST_LINE, LONGEST_RUN_FILE, parse, unreadable } from "./own_files.ts";
import { isAmount, isInstant, readEntry } from "./read_entry.ts";
import type { RunExit } from "./run_file.ts";
import { CountedLines, type Counting } from "./counted_lines.ts";

/** `run.json`, as `runRecord` writes it. */
export interface RunRecord {
  readonly v: 1;
  readonly profsrv: string;
  readonly command: readonly string[];
  /** ISO 8601, as are all instants. */
  readonly start: string;
  /** Null while the run goes on, and after profsrv was killed. */
  readonly end: string | null;
  /** Null also if nobody saw how the command ended. */
  readonly exit: RunExit | null;
  readonly totals: Pick<RunTotals, "requests" | "files" | "limited" | "processes" | "listening">;
  readonly attribution: RunTotals["samples"];
  readonly cost: RunTotals["cost"];
  readonly drops: RunTotals["drops"];
  /** These are absent in runs of older versions; `leftOut` also where not all of the run is known. */
  readonly clamped?: number;
  readonly isLoaded?: boolean;
  readonly leftOut?: NonNullable<RunTotals["leftOut"]>;
  readonly silent?: readonly string[];
  readonly oldNodes?: readonly string[];
  readonly refusals?: readonly string[];
  /** What profiles are of: `cpu` or `heap`. */
  readonly profiler?: string;
  /** The server handled one request at a time. */
  readonly serial?: boolean;
  /** With `serial`: so many requests that others had their turn beside; absent if all had it alone. */
  readonly beside?: number;
  /** With `--profiler heap`: bytes between two samples, and what that costs, in a sentence. */
  readonly heapInterval?: number;
  readonly heap?: string;
  /** With `--calls`: what that costs, in a sentence. */
  readonly calls?: string;
  /** These are absent in older runs. */
  readonly run?: string;
  readonly outside?: Pick<OutsideTotals, "time" | "functions" | "isPartial">;
  readonly files?: OutsideTotals["files"];
  readonly after?: OutsideTotals["after"];
}

/** What the record says of the time outside of requests; undefined if it says nothing. */
export function outsideOf({ outside, files = [], after = {} }: RunRecord): OutsideTotals | undefined {
  return outside === undefined ? undefined : { ...outside, files, after };
}

/** What each part must be, besides there. */
const SHAPE: Readonly<Record<keyof RunRecord, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  profsrv: isText,
  command: (value) => Array.isArray(value) && value.every(isText),
  start: isInstant,
  end: (value) => value === null || isInstant(value),
  exit: (value) => value === null || isExit(value),
  totals: isCounts,
  attribution: isCounts,
  cost: isCounts,
  drops: isCounts,
  clamped: (value) => value === undefined || typeof value === "number",
  isLoaded: (value) => value === undefined || typeof value === "boolean",
  run: (value) => value === undefined || isText(value),
  outside: (value) => value === undefined || isOutside(value),
  files: (value) => value === undefined || Array.isArray(value) && value.every(isText),
  after: (value) => value === undefined || isObject(value) && Object.values(value).every(isAmount),
  leftOut: (value) => value === undefined || isObject(value) && Object.values(value).every(isAmount),
  silent: isTextsIfAny,
  oldNodes: isTextsIfAny,
  refusals: isTextsIfAny,
  profiler: (value) => value === undefined || isText(value),
  beside: (value) => value === undefined || isAmount(value),
  heapInterval: (value) => value === undefined || isAmount(value),
  heap: (value) => value === undefined || isText(value),
  serial: (value) => value === undefined || typeof value === "boolean",
  calls: (value) => value === undefined || isText(value),
};

/** What is counted; what an older profsrv did not know is 0. */
const COUNTS = {
  totals: ["requests", "files", "limited", "processes", "listening"],
  attribution: ["attributed", "unattributed", "idle"],
  cost: [
    "startTime",
    "stopTime",
    "turns",
    "turnTime",
    "longestTurn",
    "notices",
    "noticeTime",
    "bytes",
  ],
  drops: ["windows", "requests", "switches", "unreadable", "unwritten", "unlisted"],
} as const;

/**
 * The `run.json` of a directory; undefined if there is none.
 *
 * @throws `FileRefused` if it is damaged, not profsrv's, of a newer profsrv, no regular file, or cannot be read
 */
export function readRunRecord(directory: string): RunRecord | undefined {
  const path = join(directory, "run.json");
  let text: string;
  try {
    text = readRegular(path, LONGEST_RUN_FILE).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
  const record = parse(text);
  if (record === undefined) throw inRunFile(path, "is damaged: expected an object in JSON");
  if (!isRunRecord(record)) throw inRunFile(path, "is not one of profsrv's");
  if (record.v !== 1) {
    const { v, profsrv } = record;
    throw inRunFile(
      path,
      `is of version ${v}, which profsrv ${profsrv} wrote; this one, ${version}, reads version 1`,
    );
  }
  const wrong = Object.entries(SHAPE).find(([key, isSound]) => !isSound(record[key]))?.[0];
  if (wrong !== undefined) throw inRunFile(path, `has no sound "${wrong}"`);
  const counts = Object.entries(COUNTS).map(([key, names]) => {
    const own = record[key] as Readonly<Record<string, number>>;
    // An older profsrv did not tell who listened from who only meant to.
    const given = key === "totals" ? { listening: own["processes"] ?? 0, ...own } : own;
    return [key, Object.fromEntries(names.map((name) => [name, given[name] ?? 0]))];
  });
  return { ...record, ...Object.fromEntries(counts) } as RunRecord;
}

function inRunFile(path: string, what: string): FileRefused {
  return new FileRefused(path, `its run.json ${what}`);
}

/**
 * The requests of a run in the order in which they ended; of several runs in one directory those of the last.
 * `onDamaged` is called for each line that is none of ours.
 *
 * @throws `FileRefused` if the index is no regular file, else what the system says
 */
export function* readIndex(
  directory: string,
  since: string,
  onDamaged: () => void = () => {},
): Generator<IndexEntry> {
  const reader = openIndex(directory);
  if (reader === undefined) return;
  for (const line of linesOf(reader)) {
    const entry = line === null ? undefined : readEntry(line);
    if (entry === undefined) onDamaged();
    else if (entry.start >= since) yield entry;
  }
}

/** As `readIndex`, in a fraction of the time. */
export function countIndex(
  directory: string,
  since: string,
  { take, onDamaged }: Pick<Counting, "take" | "onDamaged">,
): void {
  const reader = openIndex(directory);
  if (reader === undefined) return;
  const lines = new CountedLines({ since, take, onDamaged });
  try {
    while (reader.readBytes((bytes) => lines.add(bytes)));
    const last = reader.unended();
    if (last !== undefined) lines.add(last);
  } finally {
    reader.close();
  }
}

/** The lines of a run's index; undefined if there is none: no request came. */
export function openIndex(directory: string): LineReader | undefined {
  const path = join(directory, "index.ndjson");
  try {
    return new LineReader(path, LONGEST_LINE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextsIfAny(value: unknown): boolean {
  return value === undefined || Array.isArray(value) && value.every(isText);
}

/** An object of amounts; which ones there are may differ by version. */
function isCounts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((it) => typeof it !== "number" || isAmount(it)) &&
    Object.values(COUNTS).flat().every((key) => !Object.hasOwn(value, key) || isAmount(value[key]));
}

function isOutside(value: unknown): boolean {
  return isObject(value) && isAmount(value["time"]) && Array.isArray(value["functions"]) &&
    value["functions"].every((it) =>
      isObject(it) && isText(it["function"]) && isText(it["file"]) && isAmount(it["line"]) &&
      isAmount(it["self"])
    );
}

function isExit(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { code, signal } = value;
  return (code === undefined || Number.isSafeInteger(code)) && (signal === undefined || isText(signal));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
