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

import type { Compared, OtherRuns } from "./api/other_runs.ts";
import type { RequestDetail } from "./api/request.ts";
import type { Functions, Routes } from "./api/routes.ts";
import type { Rows, RowsQuery } from "./api/rows.ts";
import type { Run } from "./api/run.ts";
import type { Timeline, TimelineQuery } from "./api/timeline.ts";

export type * from "./api/embedded.ts";
export type * from "./api/other_runs.ts";
export type * from "./api/request.ts";
export type * from "./api/routes.ts";
export type * from "./api/rows.ts";
export type * from "./api/run.ts";
export * from "./api/timeline.ts";

/** The header of an answer that says of which `Run.version` it is, or of a later one. */
export const RUN_VERSION = "run-version";

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

/** Half of a character, which no address can hold, becomes the sign for what is none. Pure. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
