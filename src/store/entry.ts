/** What a run leaves behind in words: a line of `index.ndjson`, and the totals of `run.json`. */
import type { Unit } from "../profile/model.ts";
import type { Outcome } from "../profile/request.ts";
import type { Cost } from "../protocol/messages.ts";
import type { Bytes, EpochMilliseconds, Milliseconds } from "../units.ts";

/**
 * One line of `index.ndjson`: a finished request, kept or not. Times in milliseconds, exact to the microsecond.
 *
 * Invariant: `duration = cpu + blocked + wait`; `gc <= cpu`.
 */
export interface IndexEntry {
  readonly v: 1;
  /** The run that it belongs to, as in `run.json`; absent in older ones. */
  readonly run?: string;
  /** Unique in the run. */
  readonly id: string;
  readonly pid: number;
  readonly tid: number;
  /** Name and version, as `node 24.1.0`. */
  readonly runtime: string;
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly route: string;
  /** The framework told the route, which is not made of the path then; else absent. */
  readonly pattern?: true | undefined;
  readonly http: string;
  readonly status: number;
  readonly bytes: Bytes;
  /** ISO 8601 with milliseconds, UTC. */
  readonly start: string;
  readonly duration: Milliseconds;
  /** How long it may have lain in its socket before, at most; absent in older runs. */
  readonly queued?: Milliseconds;
  /** The id of the request that held the event loop longest meanwhile, or `OUTSIDE`; absent where it did not wait, or that is not known. */
  readonly queuedBy?: string | undefined;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
  readonly gc: Milliseconds;
  readonly samples: number;
  readonly outcome: Outcome;
  /** With `--serial`: another request had its turn beside it; else absent. */
  readonly beside?: true | undefined;
  /** Where most of its time was sampled; null if no sample saw a function, absent in what an older version wrote. */
  readonly hot?: HotFunction | null | undefined;
  /** What it allocated, with `--profiler heap` only; null where that is lost. */
  readonly alloc?: Allocated | null | undefined;
  /** What held up the event loop for 1 ms and more at a time while this one was blocked; see `blockersOf`. */
  readonly blockers?: readonly Blocker[] | undefined;
  /** With `--calls`: the application's functions first, those with most calls; absent where calls were not counted. */
  readonly calls?: readonly CalledFunction[] | undefined;
  /** The W3C trace id that the request carried; null if it carried none. */
  readonly trace?: string | null;
  /** Profile files relative to the run's directory, with `/` on every system. */
  readonly files: readonly string[];
}

/** Name of the row of what was not found, at paths that no route is known for. */
export const UNKNOWN_PATHS = "(unknown paths)";

/** Name of the row of all routes that a table has no row of their own for. */
export const OTHER = "(other)";

/** The row of a table that a request counts for: method and route, or that of all unknown paths. */
export function rowOf(
  { method, route, status, pattern }: Pick<IndexEntry, "method" | "route" | "status" | "pattern">,
): string {
  return status === 404 && pattern !== true ? UNKNOWN_PATHS : nameOf(method, route);
}

/** So many names are remembered, each with its hash: a run asks for the same ones with each of its requests. */
const MOST_NAMES = 10_000;
const names = new Map<string, Map<string, string>>();
let nameCount = 0;

/** Method and route. */
export function nameOf(method: string, route: string): string {
  let own = names.get(method);
  const known = own?.get(route);
  if (known !== undefined) return known;
  if (++nameCount > MOST_NAMES) {
    names.clear();
    [own, nameCount] = [undefined, 0];
  }
  if (own === undefined) names.set(method, own = new Map());
  const name = `${method} ${route}`;
  own.set(route, name);
  return name;
}

/** The row of those that there are already that a request counts for, else that of `rowOf`: a route that is known is known with 404, too. */
export function rowAmong(
  entry: Pick<IndexEntry, "method" | "route" | "status" | "pattern">,
  rows: { has(name: string): boolean },
): string {
  const own = shortened(nameOf(entry.method, entry.route));
  return rows.has(own) ? own : shortened(rowOf(entry));
}

const LONGEST_NAME = 300;

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) : name;
}

/** The id of a request, or `OUTSIDE`, and for how long it held up another request. */
export interface Blocker {
  readonly id: string;
  readonly ms: Milliseconds;
}

/** What a run did outside of requests. */
export interface OutsideTotals {
  /** profsrv was killed, and what it had read before is not in it. */
  readonly isPartial?: true | undefined;
  /** As sampled, without what the profiler did. */
  readonly time: Milliseconds;
  /** The application's functions with most of that time in themselves and in what they call of others. */
  readonly functions: readonly HotFunction[];
  /** Profile files, one per process and format. */
  readonly files: readonly string[];
  /** What requests left running after they had ended, by method and route. */
  readonly after: Readonly<Record<string, Milliseconds>>;
}

/** A function and its time. */
export interface HotFunction {
  readonly function: string;
  readonly file: string;
  /** 1-based; 0 if it is not known. */
  readonly line: number;
  readonly self: Milliseconds;
}

/** A function and how often it was called. */
export interface CalledFunction {
  readonly function: string;
  readonly file: string;
  /** 1-based; 0 if it is not known. */
  readonly line: number;
  readonly count: number;
  /** It is async or a generator: each time that it went on after `await` or `yield` is counted, too. */
  readonly resumed?: true;
}

/** What a request allocated in V8's heap, what was collected meanwhile included. */
export interface Allocated {
  readonly bytes: Bytes;
  /** What allocated most of it; null if no sample saw a function. */
  readonly hot: AllocatingFunction | null;
}

/** A function, and the bytes that it and what it calls of others allocated. */
export interface AllocatingFunction extends Omit<HotFunction, "self"> {
  readonly self: Bytes;
}

/** The same text for the same function, and for no other: a name and a path may hold any character. */
export function functionKey({ function: name, file, line }: Omit<HotFunction, "self">): string {
  return `${line}:${file.length}:${file}${name}`;
}

/** What a request's profile is of. */
export function unitOfEntry({ alloc }: Pick<IndexEntry, "alloc">): Unit {
  return alloc === undefined ? "microseconds" : "bytes";
}

/** Samples of a run by whose they were. */
export interface SampleCounts {
  attributed: number;
  unattributed: number;
  idle: number;
}

/** What a run came to, for `run.json` and the summary. */
export interface RunTotals {
  readonly startedOn: EpochMilliseconds;
  readonly endedOn: EpochMilliseconds;
  readonly requests: number;
  readonly files: number;
  /** Requests that were to be kept, but `--max-files` or `--max-size` was used up. */
  readonly limited: number;
  /** Requests that got no files, by the option that left them out; absent where not all of the run is known. */
  readonly leftOut?: Readonly<Record<string, number>>;
  /** Whether any process loaded the agent. */
  readonly isLoaded: boolean;
  /** Processes and threads that served. */
  readonly processes: number;
  /** Those of them that said where they listen. */
  readonly listening: number;
  /** Versions of Node that ran in the command and are too old to be profiled. */
  readonly oldNodes?: readonly string[];
  /** Those of them that outlived the command. */
  readonly survivors: number;
  /** The runtimes of those that ended without a last message: what they did not send before is lost. */
  readonly silent: readonly string[];
  /** Why processes that serve cannot be profiled. */
  readonly refusals?: readonly string[];
  /** Only of the time in which some request was open. */
  readonly samples: Readonly<SampleCounts>;
  /** Absent in what an older version wrote. */
  readonly outside?: OutsideTotals;
  /** What profiling cost all processes together that could say so; the longest of their pauses. */
  readonly cost: Cost;
  /** With `--calls`: times are slowed by it. */
  readonly areCallsCounted?: boolean;
  /** With `--serial`: requests that others had their turn beside; absent if all had it alone. */
  readonly beside?: number;
  /** Requests whose measured times contradicted each other, and were changed so that the law of time holds. */
  readonly clamped: number;
  /** Nodes, samples and owners of V8's profiles that contradicted themselves, and were put right or left out; absent if not known. */
  readonly mended?: number;
  /** What was given up: see `TroubleMessage`; `unreadable`: damaged messages; `unwritten`: profile files that could not be written; `unlisted`: requests whose line could not. */
  readonly drops: {
    readonly windows: number;
    readonly requests: number;
    readonly switches: number;
    readonly unreadable: number;
    readonly unwritten: number;
    readonly unlisted: number;
  };
}
