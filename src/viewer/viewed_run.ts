/** The run that is looked at, as it is read from its directory: at once or while it goes on. */
import { setImmediate, setTimeout } from "node:timers/promises";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { addRequest, emptyTable, type RouteTable } from "../analysis/routes.ts";
import type { LineReader } from "../files/lines.ts";
import { FileRefused } from "../files/refused.ts";
import { readAt } from "../files/regular.ts";
import { hasFailed } from "../profile/request.ts";
import type { IndexEntry } from "../store/entry.ts";
import { LONGEST_LINE } from "../store/own_files.ts";
import { readEntry } from "../store/read_entry.ts";
import { openIndex, readRunRecord, type RunRecord } from "../store/read_run.ts";
import type { Bytes, EpochMilliseconds, Milliseconds } from "../units.ts";
import type { RunState } from "./api.ts";
import { ProfileListing } from "./profile_listing.ts";
import { Table } from "./table/table.ts";

/** Rows of the table; older ones are let go of, so that a run may last for weeks. */
const MOST_ROWS = 2_000_000;
/** So many rows tell how long those to come will be. */
const SAMPLE = 1000;
/** A browser that loads the page needs the processor more than the rest of the index does, for so long. */
const PAGE_LOADS: Milliseconds = 1000;
/** Most lines are shorter. */
const LINE: Bytes = 4096;

/** Sums over all requests read so far, in milliseconds. */
export interface RunSums {
  requests: number;
  damaged: number;
  failed: number;
  profiled: number;
  duration: Milliseconds;
  cpu: Milliseconds;
  blocked: Milliseconds;
  wait: Milliseconds;
  gc: Milliseconds;
  files: number;
  lastOn: EpochMilliseconds;
}

export class ViewedRun {
  readonly directory: string;
  readonly table = new Table();
  readonly routes: RouteTable = emptyTable();
  readonly sums: RunSums = {
    ...{ requests: 0, damaged: 0, failed: 0, profiled: 0, files: 0, lastOn: 0 },
    ...{ duration: 0, cpu: 0, blocked: 0, wait: 0, gc: 0 },
  };
  readonly profiles: ProfileListing;
  readonly #isWatched: () => boolean;
  #record: RunRecord;
  /** Which `run.json` that is of. */
  #stamp = "";
  #isGoingOn: boolean;
  #reader: LineReader | undefined;
  #reading: Promise<void> | undefined;
  #isClosed = false;
  #isReserved = false;
  #restUntil: Milliseconds = 0;
  /** Has been read to the end of the index once. */
  isRead = false;
  /** Changes with everything that is told of the run. */
  version = 0;

  /**
   * A run of which nothing has been read but its `run.json`.
   *
   * @param directory an absolute path without links
   * @param isWatched whether a profsrv is still writing it
   * @throws `FileRefused`, or what the system says
   */
  constructor(directory: string, isWatched: () => boolean) {
    this.directory = directory;
    this.#isWatched = isWatched;
    const record = readRunRecord(directory);
    if (record === undefined) throw new FileRefused(directory, "there is no run.json in it");
    this.#record = record;
    this.#isGoingOn = record.end === null && isWatched();
    this.profiles = new ProfileListing(directory, this.table);
  }

  get record(): RunRecord {
    return this.#record;
  }

  get state(): RunState {
    if (this.#record.end !== null) return "ended";
    return this.#isGoingOn ? "live" : "killed";
  }

  /** How much of what the index holds now has been read. */
  get share(): number {
    if (this.isRead || this.#reader === undefined) return 1;
    return Math.min(1, this.#reader.offset / Math.max(this.#reader.size, 1));
  }

  /** Reads what has come since the last time, in small parts, so that others get their turns; each call waits for the end of it. */
  read(): Promise<void> {
    return this.#reading ??= this.#readAll().finally(() => this.#reading = undefined);
  }

  /** The line of a row, read again. Undefined if it is not there any more. */
  entryOf(row: number): IndexEntry | undefined {
    const offset = this.table.offset.get(row);
    if (this.#reader === undefined) return undefined;
    for (let length = LINE; length <= 4 * LONGEST_LINE; length *= 4) {
      const bytes = readAt(this.#reader.descriptor, offset, length);
      const end = bytes.indexOf("\n");
      if (end >= 0) return readEntry(bytes.toString("utf8", 0, end));
      if (bytes.length < length) return undefined;
    }
    return undefined;
  }

  /** A browser begins to load the page: what has been read is enough for its first picture. */
  letPageLoad(): void {
    if (!this.isRead) this.#restUntil = performance.now() + PAGE_LOADS;
  }

  close(): void {
    this.#isClosed = true;
    this.#reader?.close();
    this.#reader = undefined;
  }

  async #readAll(): Promise<void> {
    this.#look();
    this.#reader ??= openIndex(this.directory);
    // Lines that come later name files that have been written since the list was made, in the run's last moment, too.
    const isLater = this.isRead || this.state === "live";
    if (!this.isRead) this.profiles.list();
    const take = (line: string | null, offset: Bytes): void => this.#take(line, offset, isLater);
    while (this.#reader?.read(take) === true) {
      this.version++;
      if (!this.isRead) this.#reserve(this.#reader);
      await setImmediate();
      const rest = this.#restUntil - performance.now();
      if (rest > 0 && this.table.rows >= SAMPLE) await setTimeout(rest);
      if (this.#isClosed) return;
    }
    if (!this.isRead) {
      this.isRead = true;
      this.version++;
    }
  }

  /** Makes room for what the rest of the index will hold, by what its beginning held. */
  #reserve({ offset, size }: LineReader): void {
    const { rows } = this.table;
    if (rows < SAMPLE || this.#isReserved) return;
    this.#isReserved = true;
    this.table.reserve(Math.min(Math.ceil(rows / offset * size * 1.02), MOST_ROWS));
  }

  /** Whether the run still goes on, and what its `run.json` says since it has ended. */
  #look(): void {
    if (this.state !== "live") return;
    // In this order: what it writes last, it writes before it ends.
    const isGoingOn = this.#isWatched();
    const stamp = stampOf(join(this.directory, "run.json"));
    if (stamp !== this.#stamp) {
      const record = attempt(() => readRunRecord(this.directory));
      if (record?.start === this.#record.start) this.#record = record;
      this.#stamp = stamp;
    }
    if (this.#record.end === null && isGoingOn) return;
    this.#isGoingOn = false;
    this.version++;
  }

  #take(line: string | null, offset: Bytes, isLive: boolean): void {
    const entry = line === null ? undefined : readEntry(line);
    const { sums, table } = this;
    if (entry === undefined) {
      sums.damaged++;
      return;
    }
    if (entry.start < this.#record.start) return;
    const [file = ""] = entry.files;
    const isThere = file !== "" && this.profiles.has(file, isLive);
    const profile = file === "" ? "none" : isThere ? "kept" : this.state === "live" ? "awaited" : "gone";
    if (table.rows >= MOST_ROWS) table.forget(MOST_ROWS / 4);
    table.add(entry, {
      routeName: addRequest(this.routes, entry),
      profile,
      offset,
      file: profile === "gone" ? "" : file,
    });
    sums.requests++;
    sums.files += entry.files.length;
    if (file !== "") sums.profiled++;
    if (profile === "gone") this.profiles.gone++;
    if (hasFailed(entry)) sums.failed++;
    for (const key of ["duration", "cpu", "blocked", "wait", "gc"] as const) sums[key] += entry[key];
    sums.lastOn = Math.max(sums.lastOn, Date.parse(entry.start) + entry.duration);
  }
}

/** Changes when a file is written anew. */
function stampOf(path: string): string {
  const { ino, mtimeMs } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
  return `${ino} ${mtimeMs}`;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined; // It is being written.
  }
}
