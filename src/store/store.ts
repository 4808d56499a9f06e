/** Where requests end up: a profile file each, and a line in `index.ndjson`. */
import { detailsOf } from "../formats/details.ts";
import { directoryBelow } from "../files/directories.ts";
import { writeExclusive } from "../files/exclusive_file.ts";
import type { OwnFile } from "../files/own_file.ts";
import { type Format } from "../formats/mod.ts";
import { fieldsOf, formatTemplate, isKnownRoute, safeName, type Template } from "../naming/mod.ts";
import { scriptPath } from "../profile/frames.ts";
import { hottest } from "../profile/hot.ts";
import { type RequestProfile, traceIdOf } from "../profile/request.ts";
import { type Bytes, toMilliseconds } from "../units.ts";
import type { Blocker, HotFunction, IndexEntry } from "./entry.ts";
import { OutsideSums } from "./outside_sums.ts";
import { indexFile } from "./own_files.ts";

/** Lines held back at most while they cannot be appended. */
const MAX_UNWRITTEN = 50_000;

/** What a store is made for. */
export interface StoreOptions {
  /** Absolute; exists. */
  readonly directory: string;
  /** The run's id. */
  readonly run: string;
  readonly template: Template;
  readonly formats: readonly Format[];
  /** Whether this request gets files. */
  isKept(request: RequestProfile): boolean;
  /** No more profile files are written than this, */
  readonly maxFiles: number;
  /** nor more bytes. */
  readonly maxSize: Bytes;
}

/** The files of one run. */
export class Store {
  readonly #options: StoreOptions;
  readonly #index: OwnFile;
  /** Lines that are not appended yet. */
  #unwritten: string[] = [];
  /** One did not fit into the size any more: then none is written, be it ever so small. */
  #isFull = false;
  readonly outside = new OutsideSums();
  /** Profile files of requests written. */
  files: number;
  /** Their size. */
  size: Bytes = 0;
  /** Requests that were to be kept, but the files or bytes were used up. */
  limited = 0;
  /** Profile files that could not be written. */
  failures = 0;
  /** Lines given up. */
  unlisted = 0;
  /** Why something could not be written; undefined while all could. */
  lastError: unknown;

  /** `files`: how many the run has already. */
  constructor(options: StoreOptions, files = 0) {
    this.#options = options;
    this.#index = indexFile(options.directory);
    this.files = files;
  }

  /** Writes a request's profile files; its line goes out with the next `flush`. */
  add(request: RequestProfile): IndexEntry {
    const { run, isKept } = this.#options;
    const entry = indexEntry(request, { run, files: isKept(request) ? this.#keep(request) : [] });
    this.#unwritten.push(JSON.stringify(entry) + "\n");
    return entry;
  }

  /** Appends the lines of all requests added since; what cannot be written now is tried again the next time. */
  flush(): void {
    if (this.#unwritten.length === 0) return;
    try {
      this.#index.append(this.#unwritten.join(""));
      this.#unwritten = [];
    } catch (error) {
      this.lastError = error;
      const excess = this.#unwritten.length - MAX_UNWRITTEN;
      if (excess > 0) this.#giveUp(excess);
    }
  }

  /** The last `flush`: what cannot be written now never will be. */
  close(): void {
    this.flush();
    this.#giveUp(this.#unwritten.length);
  }

  #giveUp(lines: number): void {
    this.unlisted += lines;
    this.#unwritten.splice(0, lines);
  }

  /** Writes the files of what a process did outside of requests, whatever the limits are. */
  addOutside(profile: RequestProfile): void {
    this.outside.add(profile, () => this.#write(profile, this.#contentsOf(profile)).map(({ name }) => name));
  }

  #keep(request: RequestProfile): string[] {
    const { formats, maxFiles, maxSize } = this.#options;
    if (this.#isFull || this.files + formats.length > maxFiles) {
      this.limited++;
      return [];
    }
    const contents = this.#contentsOf(request);
    const size = contents.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (this.size + size > maxSize) {
      this.#isFull = true;
      this.limited++;
      return [];
    }
    const written = this.#write(request, contents);
    this.files += written.length;
    for (const { bytes } of written) this.size += bytes.length;
    return written.map(({ name }) => name);
  }

  #contentsOf(profile: RequestProfile): Content[] {
    return this.#options.formats.map(({ extension, write }) => ({
      extension,
      bytes: toBytes(write(profile)),
    }));
  }

  #write(profile: RequestProfile, contents: readonly Content[]): (Content & { readonly name: string })[] {
    const { directory, template } = this.#options;
    const segments = formatTemplate(template, fieldsOf(profile));
    const written: (Content & { readonly name: string })[] = [];
    for (const { extension, bytes } of contents) {
      const { directories, candidate } = safeName(segments, extension);
      this.#attempt(() => {
        const folder = directories.length === 0 ? directory : directoryBelow(directory, directories);
        const name = [...directories, writeExclusive(folder, candidate, bytes)].join("/");
        written.push({ extension, bytes, name });
      });
    }
    return written;
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.failures++;
      this.lastError = error;
    }
  }
}

/** A file to be. */
interface Content {
  readonly extension: string;
  readonly bytes: Uint8Array;
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}

/** The line of a request in `index.ndjson`: what its profile files say of it too, and their names. */
export function indexEntry(
  request: RequestProfile,
  { run, files }: { readonly run: string; readonly files: readonly string[] },
): IndexEntry {
  const details = detailsOf(request);
  // One by one: a run may have tens of thousands per second.
  return {
    v: details.v,
    run,
    id: details.id,
    pid: details.pid,
    tid: details.tid,
    runtime: details.runtime,
    method: details.method,
    url: details.url,
    path: details.path,
    route: details.route,
    ...(isKnownRoute(request.request) ? { pattern: true as const } : {}),
    http: details.http,
    status: details.status,
    bytes: details.bytes,
    start: details.start,
    duration: details.duration,
    queued: toMilliseconds(request.request.queued ?? 0),
    cpu: details.cpu,
    blocked: details.blocked,
    wait: details.wait,
    gc: details.gc,
    samples: details.samples,
    outcome: details.outcome,
    hot: hotOf(request),
    blockers: blockersOf(request),
    trace: traceIdOf(request.request) ?? null,
    files,
  };
}

/** So many are named. */
const MOST_BLOCKERS = 5;

/** What held up a request for 1 ms and more at a time, longest first: `blocked` at most, all together. */
export function blockersOf({ holds = [] }: Pick<RequestProfile, "holds">): Blocker[] {
  if (holds.length === 0) return [];
  const times = new Map<string, number>();
  for (const { id, time } of holds) times.set(id, (times.get(id) ?? 0) + time);
  const longest = [...times].sort(([, a], [, b]) => b - a).slice(0, MOST_BLOCKERS);
  return longest.map(([id, time]) => ({ id, ms: toMilliseconds(time) }));
}

/** The function that most of a request's time was sampled in; null if no sample saw one. */
function hotOf({ sampleCount, profile }: RequestProfile): HotFunction | null {
  const found = sampleCount === 0 ? undefined : hottest(profile);
  if (found === undefined) return null;
  const { frame, time } = found;
  return {
    function: frame.name,
    file: scriptPath(frame.url),
    line: frame.line + 1,
    self: toMilliseconds(time),
  };
}
