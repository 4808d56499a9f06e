/** Where requests end up: a profile file each, and a line in `index.ndjson`. */
import type { OwnFile } from "../files/own_file.ts";
import { isKnownRoute } from "../naming/mod.ts";
import { byCalls } from "../profile/function_calls.ts";
import { scriptPath } from "../profile/frames.ts";
import { hottest } from "../profile/hot.ts";
import type { SampledStacks } from "../profile/model.ts";
import { hasFailed, pathOf, type RequestProfile, traceIdOf } from "../profile/request.ts";
import { toMilliseconds } from "../units.ts";
import {
  type Allocated,
  type Blocker,
  type CalledFunction,
  type HotFunction,
  type IndexEntry,
  rowOf,
} from "./entry.ts";
import { IndexLines, Instants } from "./index_line.ts";
import { OutsideSums } from "./outside_sums.ts";
import { indexFile } from "./own_files.ts";
import { ProfileFiles, type ProfileFilesOptions } from "./profile_files.ts";
import { rankOf } from "./retention.ts";
import type { RouteSums } from "./route_sums.ts";
import { RoutesFile } from "./routes_file.ts";

/** Lines held back at most while they cannot be appended. */
const MAX_UNWRITTEN = 50_000;

/** What a store is made for. */
export interface StoreOptions extends ProfileFilesOptions {
  /** The run's id. */
  readonly run: string;
  /** What an earlier part of the run came to. */
  readonly routes?: RouteSums | undefined;
  /** Whether this request gets files. */
  isKept(request: RequestProfile): boolean;
}

/** The files of one run. */
export class Store {
  readonly #options: StoreOptions;
  readonly #index: OwnFile;
  readonly outside = new OutsideSums();
  readonly profiles: ProfileFiles;
  readonly #routes: RoutesFile;
  /** Lines that are not appended yet. */
  readonly #lines = new IndexLines();
  readonly #instants = new Instants();
  /** Lines given up. */
  unlisted = 0;
  #lastError: unknown;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#index = indexFile(options.directory);
    this.profiles = new ProfileFiles(options);
    this.#routes = new RoutesFile(options.directory, options.run, options.routes);
    // Before a profile of the user's could have its name.
    this.#writeRoutes(true);
  }

  /** Why something could not be written; undefined while all could. */
  get lastError(): unknown {
    return this.#lastError ?? this.profiles.lastError;
  }

  /** Writes a request's profile files; its line goes out with the next `flush`. */
  add(request: RequestProfile): IndexEntry {
    const { run, isKept } = this.#options;
    const files: string[] = [];
    const entry = indexEntry(request, { run, instants: this.#instants, files });
    if (isKept(request) && request.isLost !== true) {
      const rank = rankOf(entry.duration, hasFailed(request.request));
      files.push(...this.profiles.add({ profile: request, route: rowOf(entry), rank }));
    }
    this.#lines.add(entry);
    this.#routes.add(entry, request);
    return entry;
  }

  /** Appends the lines of all requests added since; what cannot be written now is tried again the next time. */
  flush(): void {
    this.#append();
    this.#writeRoutes(false);
  }

  #append(): void {
    if (this.#lines.count === 0) return;
    try {
      this.#index.append(this.#lines.bytes);
      this.#lines.forget(Infinity);
    } catch (error) {
      this.#lastError = error;
      const excess = this.#lines.count - MAX_UNWRITTEN;
      if (excess > 0) this.#giveUp(excess);
    }
  }

  /** The last `flush`: what cannot be written now never will be. */
  close(): void {
    this.flush();
    this.#giveUp(this.#lines.count);
    this.#writeRoutes(true);
  }

  #writeRoutes(isLast: boolean): void {
    try {
      this.#routes.write(isLast);
    } catch (error) {
      this.#lastError = error;
    }
  }

  #giveUp(lines: number): void {
    this.unlisted += lines;
    this.#lines.forget(lines);
  }

  /** Writes the files of what a process did outside of requests, whatever the limits are. */
  addOutside(profile: RequestProfile): void {
    this.#routes.addOutside(profile);
    this.outside.add(profile, () => this.profiles.addOutside(profile));
  }
}

/** What `index.ndjson` says of a request: what its profile files say of it too, and their names. */
function indexEntry(
  subject: RequestProfile,
  { run, instants, files }: {
    readonly run: string;
    readonly instants: Instants;
    readonly files: readonly string[];
  },
): IndexEntry {
  const { request, process } = subject;
  // A run may have tens of thousands per second: all entries have the same properties, also those that JSON leaves out.
  return {
    v: 1,
    run,
    id: subject.id,
    pid: process.pid,
    tid: process.tid,
    runtime: process.runtime,
    method: request.method,
    url: request.url,
    path: pathOf(request.url),
    route: subject.route,
    pattern: isKnownRoute(request) ? true : undefined,
    http: request.http,
    status: request.status,
    bytes: request.bytes,
    start: instants.text(request.startedOn),
    duration: toMilliseconds(request.duration),
    queued: toMilliseconds(request.queued ?? 0),
    queuedBy: subject.queuedBy,
    cpu: toMilliseconds(request.cpu),
    blocked: toMilliseconds(request.blocked),
    wait: toMilliseconds(request.duration - request.cpu - request.blocked),
    gc: toMilliseconds(subject.gc),
    samples: subject.sampleCount,
    outcome: request.outcome,
    beside: request.isBeside ? true : undefined,
    hot: hotOf(subject),
    alloc: allocatedBy(subject),
    blockers: blockersOf(subject),
    calls: subject.calls === undefined ? undefined : mostCalled(subject.calls),
    trace: traceIdOf(request) ?? null,
    files,
  };
}

/** So many are named. */
const MOST_BLOCKERS = 5;
const NONE: readonly never[] = [];

/** What held up a request for 1 ms and more at a time, longest first: `blocked` at most, all together. */
function blockersOf({ holds = [] }: RequestProfile): readonly Blocker[] {
  if (holds.length === 0) return NONE;
  const times = new Map<string, number>();
  for (const { id, time } of holds) times.set(id, (times.get(id) ?? 0) + time);
  const longest = [...times].sort(([, a], [, b]) => b - a).slice(0, MOST_BLOCKERS);
  return longest.map(([id, time]) => ({ id, ms: toMilliseconds(time) }));
}

/** So many functions are listed with their calls. */
const MOST_CALLED = 10;

function mostCalled({ functions }: NonNullable<RequestProfile["calls"]>): CalledFunction[] {
  return byCalls(functions).slice(0, MOST_CALLED).map(({ frame, count, isResumed }) => ({
    function: frame.name,
    file: scriptPath(frame.url),
    line: frame.line + 1,
    count,
    ...(isResumed ? { resumed: true as const } : {}),
  }));
}

/** The function that most of a request's time was sampled in; null if no sample saw one. */
function hotOf(subject: RequestProfile): HotFunction | null {
  const found = sampledOf(subject).unit === "bytes" ? null : mostIn(subject);
  return found && { ...found, self: toMilliseconds(found.self) };
}

/** What a request allocated; undefined where its profile is of time. */
function allocatedBy(subject: RequestProfile): Allocated | null | undefined {
  if (sampledOf(subject).unit !== "bytes") return undefined;
  return subject.isLost === true ? null : { bytes: subject.profile.endAt, hot: mostIn(subject) };
}

/** What was sampled of a request, without its profile being made of it. */
function sampledOf(subject: RequestProfile): SampledStacks {
  return subject.shared ?? subject.profile;
}

/** The function with most of a profile, in its unit. */
function mostIn(subject: RequestProfile) {
  const found = subject.sampleCount === 0 ? undefined : hottest(sampledOf(subject));
  if (found === undefined) return null;
  const { frame, time } = found;
  return { function: frame.name, file: scriptPath(frame.url), line: frame.line + 1, self: time };
}
