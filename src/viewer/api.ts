/**
 * What the page and the server of `profsrv view` say to each other; what a file made by `--html` holds. Types and the words
 * of addresses, no more.
 *
 * Units: every time is in milliseconds with fractions (exact to the microsecond) unless it says otherwise; an instant is
 * `EpochMilliseconds`. Shares are from 0 to 1. All texts of a run (URLs, names, paths) may come from an attacker.
 *
 * Every answer but the two that say otherwise is JSON. Each request carries `Authorization: Bearer <secret>`; the secret is
 * what stands in the address's fragment as `#secret=…`. An answer that is no 200 is a `Failure`: 400 a wrong question, 401 a
 * wrong secret, 404 nothing of that name. The page's own files (`/`, `/page.js`, `/page.css`, `/icon.svg`,
 * `/speedscope.html`, `/speedscope.js`, `/speedscope.css`) are served without a secret.
 *
 * The server keeps the run's requests as columns and answers windows of rows: the page never holds all of them, so 1,000,000
 * rows are as quick to show as 100. It reads the index while it answers: a run that is being read, one that goes on and one
 * that has ended differ only in `Run`. Whenever `Run.requests` has grown, the page asks again for what it shows.
 */
import type { HeldBy } from "../analysis/culprits.ts";
import type { FunctionSums } from "../analysis/functions.ts";
import type { RouteChange } from "../analysis/compare_routes.ts";
import type { Change } from "../analysis/change.ts";
import type { HotFunction, IndexEntry } from "../store/entry.ts";

type Milliseconds = number;
type EpochMilliseconds = number;
type Bytes = number;

/** Each endpoint, `GET /api/<name>`: what can be asked, as query parameters, and the answer. */
export interface Endpoints {
  /**
   * Server-sent events (`text/event-stream`, to be read with `fetch`): each event's `data` is a `Run` as JSON, the first at once,
   * the next whenever something of it has changed, 10 a second at most. Lines that begin with `:` keep the connection alive.
   */
  readonly run: { readonly asks: Record<never, never>; readonly answer: Run };
  readonly rows: { readonly asks: RowsQuery; readonly answer: Rows };
  readonly timeline: { readonly asks: TimelineQuery; readonly answer: Timeline };
  readonly request: { readonly asks: { readonly id: string }; readonly answer: RequestDetail };
  readonly routes: { readonly asks: Record<never, never>; readonly answer: Routes };
  readonly functions: { readonly asks: Record<never, never>; readonly answer: Functions };
  /** The content of a profile file in the asked format; its name is in `Content-Disposition`. 404 where there is none. */
  readonly profile: { readonly asks: ProfileQuery; readonly answer: Uint8Array };
  readonly runs: { readonly asks: Record<never, never>; readonly answer: OtherRuns };
  /** Takes some seconds where the runs have thousands of profiles. */
  readonly compare: { readonly asks: { readonly base: number }; readonly answer: Compared };
}

export type EndpointName = keyof Endpoints;

/**
 * The address of a question, without the origin: `/api/rows?count=100&from=0`. The same question has the same address, so it is
 * also the name under which an `--html` file holds the answer.
 */
export function addressOf<Name extends EndpointName>(name: Name, asks: Endpoints[Name]["asks"]): string {
  const given = Object.entries(asks as Record<string, unknown>)
    .filter(([, value]) => value !== undefined && value !== "" && value !== false)
    .map(([key, value]): [string, string] => [key, String(value)])
    .sort(([a], [b]) => a < b ? -1 : 1);
  const query = new URLSearchParams(given).toString();
  return `/api/${name}${query === "" ? "" : `?${query}`}`;
}

/** Why there is no answer: one sentence for people. */
export interface Failure {
  readonly error: string;
}

/**
 * `live`: the command runs. `ended`: it did as `exit` says. `killed`: profsrv itself was, so the end is not known.
 * Whether there are requests says `requests`.
 */
export type RunState = "live" | "ended" | "killed";

/** The run as a whole. */
export interface Run {
  readonly v: 1;
  /** Changes with every change of the rest. */
  readonly version: number;
  /** Its directory, as a path. */
  readonly directory: string;
  readonly command: readonly string[];
  readonly state: RunState;
  /** How the command ended, in a few words, as "ended with code 1"; empty while it runs. */
  readonly exit: string;
  readonly startedOn: EpochMilliseconds;
  /** Of a live run, when its last request ended. */
  readonly endedOn: EpochMilliseconds;
  /** Requests known so far. */
  readonly requests: number;
  /** How much of the index has been read; 1 when all that stands there is known. Until then all sums are of a part. */
  readonly read: number;
  /** Sums over the requests known so far. */
  readonly duration: Milliseconds;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
  readonly gc: Milliseconds;
  /** Requests that ended in 5xx or broke off. */
  readonly failed: number;
  /** Requests with a profile when they ended; those of them whose files have been removed since (by --max-files, --max-size or by hand). */
  readonly profiled: number;
  readonly gone: number;
  /** What people should know, a sentence each: why there are no requests, damaged lines, requests left out by which option. */
  readonly notes: readonly string[];
  /** Who held up others, the longest first, at most 10, and whom. */
  readonly culprits: readonly Culprit[];
  /** The ids that formats of profiles have, as `cpuprofile`; empty in an `--html` file, which holds speedscope's only. */
  readonly formats: readonly string[];
}

/** A route, or `(outside requests)`, that held up others. */
export interface Culprit extends HeldBy {
  /** The function in which it spent most time. */
  readonly hot: HotFunction | null;
  readonly heldUp: readonly HeldBy[];
}

/** One request in a table. */
export interface Row {
  readonly id: string;
  readonly start: EpochMilliseconds;
  readonly duration: Milliseconds;
  readonly queued: Milliseconds;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
  readonly gc: Milliseconds;
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly route: string;
  /** The row of the table of routes that it counts for: one of the `names` of a `RouteRow`. */
  readonly routeName: string;
  /** 0 if none was sent. */
  readonly status: number;
  readonly outcome: IndexEntry["outcome"];
  readonly hot: HotFunction | null;
  /** Who held it up longest. */
  readonly blocker: RowBlocker | null;
  readonly pid: number;
  readonly tid: number;
  readonly runtime: string;
  readonly trace: string | null;
  /** `none`: an option left it out. */
  readonly profile: ProfileState;
}

/** Whether there is a profile: `gone`: it was written and removed since. */
export type ProfileState = "kept" | "gone" | "none";

export interface RowBlocker {
  /** `(outside requests)` for work of none. */
  readonly id: string;
  readonly ms: Milliseconds;
}

export type SortKey =
  | "start"
  | "duration"
  | "queued"
  | "cpu"
  | "blocked"
  | "wait"
  | "gc"
  | "status"
  | "method"
  | "url"
  | "route"
  | "hot"
  | "outcome";

/** Which requests: all conditions hold. */
export interface Selection {
  /** In the language of `query.ts`, which both sides know; conditions that are wrong are left out. */
  readonly q?: string;
  /** Those that were in flight at some time between these. */
  readonly since?: EpochMilliseconds;
  readonly until?: EpochMilliseconds;
}

/** A window of the requests that are asked for. */
export interface RowsQuery extends Selection {
  /** A `SortKey`, with `-` before it for falling order; `-start` if absent. */
  readonly sort?: string;
  /** The first row of the window, from 0. */
  readonly from: number;
  /** 1000 at most. */
  readonly count: number;
  /** Instead of `from`: a window around the request with this id, if it is among them. */
  readonly around?: string;
}

export interface Rows {
  /** All requests known. */
  readonly requests: number;
  /** Those of them that are asked for. */
  readonly matching: number;
  /** Place of the first row of `rows` among these. */
  readonly from: number;
  readonly rows: readonly Row[];
  /** Sums over those that match. */
  readonly duration: Milliseconds;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
}

/** What a request was mostly. */
export const KINDS = ["cpu", "blocked", "wait"] as const;
export type Kind = typeof KINDS[number];

export interface TimelineQuery extends Selection {
  /** Parts of the time and, of the durations, parts of their logarithm: pixels. 2000 at most each. */
  readonly columns: number;
  readonly lines: number;
}

/**
 * Requests over time. Where there are more of them than `MOST_MARKS` only cells are told, else only marks.
 * `since..until` as asked, else from the first start to the last end.
 */
export interface Timeline {
  readonly since: EpochMilliseconds;
  readonly until: EpochMilliseconds;
  readonly matching: number;
  /** The longest duration shown. */
  readonly longest: Milliseconds;
  readonly marks: Marks | null;
  readonly cells: Cells | null;
  /**
   * For each column, how busy the event loops were with requests of any kind, whatever is asked for: the share of the time, averaged over the
   * processes and threads that served. Each request's cpu is spread evenly over its duration: an estimate.
   */
  readonly busy: readonly number[];
}

export const MOST_MARKS = 5000;

/** Parallel arrays, in order of `start`. */
export interface Marks {
  readonly id: readonly string[];
  readonly start: readonly EpochMilliseconds[];
  readonly duration: readonly Milliseconds[];
  /** Index into `KINDS`. */
  readonly mostly: readonly number[];
  readonly status: readonly number[];
  readonly failed: readonly boolean[];
}

/** Parallel arrays, one element for each cell that has requests. */
export interface Cells {
  /** From 0; a request stands in the column of its start. */
  readonly column: readonly number[];
  /**
   * From 0, the shortest: line `i` holds durations from `lowest * (longest / lowest) ** (i / lines)` to that of `i + 1`.
   */
  readonly line: readonly number[];
  readonly count: readonly number[];
  /** Index into `KINDS`: what most of them were mostly. */
  readonly mostly: readonly number[];
  /** How many of them failed. */
  readonly failed: readonly number[];
  /** The shortest duration shown, more than 0. */
  readonly lowest: Milliseconds;
}

/** One request. */
export interface RequestDetail {
  readonly entry: IndexEntry;
  readonly routeName: string;
  readonly profile: ProfileState;
  /** Its own lane first, then those that held it up, the longest first. */
  readonly lanes: readonly Lane[];
  /** Where its time went, the most first, 50 at most; empty without a profile. */
  readonly functions: {
    /** Libraries and the runtime count for the application's function that called them. */
    readonly own: readonly FunctionSums[];
    readonly all: readonly FunctionSums[];
  };
}

/** When a request ran, as a lane to be drawn above others. Times are from the start of the request that the page is about. */
export interface Lane {
  /** `(outside requests)` for work of none. */
  readonly id: string;
  /** What it is called: method and route, or what it was if that is all that is known. */
  readonly name: string;
  /** Null for what is no request, or one that has not ended (yet). */
  readonly row: Row | null;
  /** For how long it held up the request; 0 for the request itself. */
  readonly held: Milliseconds;
  /** May be negative; null as `row`. */
  readonly from: Milliseconds | null;
  readonly to: Milliseconds | null;
  /**
   * Where it ran, by its own profile or by that of the request it held up: pairs of beginning and end. Null if neither profile is there: then
   * only `from`, `to` and the sums of `row` are known.
   */
  readonly ran: readonly (readonly [Milliseconds, Milliseconds])[] | null;
  /** Where something else held it up, by its own profile; of the request itself only. */
  readonly blocked: readonly Blocked[];
}

export interface Blocked {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  /** Method and route, or `work outside requests`. */
  readonly by: string;
}

/** All requests by route, those with most own cpu first. */
export interface Routes {
  readonly routes: readonly RouteRow[];
}

export interface RouteRow {
  /** As `GET /users/:id`, or `(unknown paths)`, `(other)`. */
  readonly name: string;
  /** Those of `Row.routeName` that it stands for. */
  readonly names: readonly string[];
  readonly count: number;
  readonly p50: Milliseconds;
  readonly p95: Milliseconds;
  readonly p99: Milliseconds;
  readonly max: Milliseconds;
  /** Share of the requests that ended in 5xx or broke off. */
  readonly failed: number;
  /** Sums. */
  readonly duration: Milliseconds;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
  /** Share of the cpu of all requests. */
  readonly cpuShare: number;
  /** Functions in which its requests spent most time, the hottest of each request counted; 10 at most. */
  readonly functions: readonly HotFunction[];
  /** Who held up its requests, 10 at most. */
  readonly blockers: readonly HeldBy[];
  /** Whom its requests held up, 10 at most. */
  readonly heldUp: readonly HeldBy[];
  /** Its slowest request with a profile. */
  readonly slowest: string | null;
}

/** The functions of the run, by its merged profiles, those with most of `self` first; 200 at most. */
export interface Functions {
  /** Of the application; libraries and the runtime count for its functions that call them. */
  readonly own: readonly FunctionRow[];
  readonly all: readonly FunctionRow[];
  /** Requests whose profiles these sums are of. */
  readonly requests: number;
  /** Time that these sums are of. */
  readonly time: Milliseconds;
}

export interface FunctionRow extends FunctionSums {
  /** From which routes, by time in itself, 10 at most. */
  readonly routes: readonly { readonly name: string; readonly self: Milliseconds }[];
}

/** Which profile: of the request `id`, else merged of the route `route` (a `RouteRow.name`), else merged of the whole run. */
export interface ProfileQuery {
  readonly id?: string;
  readonly route?: string;
  /** Libraries and the runtime are folded into the application's functions that call them. */
  readonly own?: boolean;
  /** One of `Run.formats`; `speedscope` if absent: a file of speedscope, in time order if it is of one request. */
  readonly format?: string;
  /** The number of another run, see `OtherRuns`. Absent: the run that is shown. */
  readonly base?: number;
}

/** Runs that can be compared with, the newest first; 100 at most. */
export interface OtherRuns {
  readonly runs: readonly OtherRun[];
}

export interface OtherRun {
  /** To be given as `base`; the same while the server runs. */
  readonly number: number;
  readonly directory: string;
  readonly command: readonly string[];
  readonly startedOn: EpochMilliseconds;
  /** As its `run.json` says; may be less than it had if profsrv was killed. */
  readonly requests: number;
}

/** What `profsrv diff <base> <this run>` says: `before` is the base. */
export interface Compared {
  readonly base: OtherRun;
  /** Those that changed first. */
  readonly routes: readonly RouteChange[];
  /** Those that became slower first, by what they surely cost more. */
  readonly functions: readonly ComparedFunction[];
  /** The routes that had profiles enough for their functions to be compared. */
  readonly functionsOfRoutes: readonly string[];
  /** The share by which all functions changed alike, as on a busier machine; 0 if they did not. */
  readonly common: number;
  /** Routes that both runs have: of these merged profiles can stand side by side. */
  readonly bothHave: readonly string[];
}

/** Times are of a request, in itself and what it calls of libraries. */
export interface ComparedFunction extends Change {
  readonly function: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The route in which most of the change is. */
  readonly route: string;
}

/**
 * What an `--html` file holds: in `<script type="application/json" id="embedded">`, in place of the server. Answers that need no computing stand
 * there by their address; `rows` and `timeline` are computed in the page, by the functions of `src/viewer/table/`, which the
 * server uses as well. There are no other runs in it, and nothing changes.
 */
export interface Embedded {
  readonly v: 1;
  /** By `addressOf`: base64 of the gzip of the answer. The answer of `run` is one `Run`. A profile is there for the slowest requests and for routes, in speedscope's format only. */
  readonly answers: Readonly<Record<string, string>>;
  /** The requests: base64 of the gzip of a `TableText` as JSON. */
  readonly table: string;
  /** Base64 of the gzip of speedscope's script and style. */
  readonly speedscope: { readonly script: string; readonly style: string };
}

/** All rows as columns, parallel arrays in the order in which the requests ended; to be read by `src/viewer/table/`. */
export interface TableText {
  readonly v: 1;
  readonly rows: number;
  /** Columns of whole numbers; times in microseconds, `start` in milliseconds since `startedOn`. */
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  /** Columns of texts. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** What columns of numbers are indexes of. */
  readonly names: Readonly<Record<string, readonly unknown[]>>;
  readonly startedOn: EpochMilliseconds;
}
