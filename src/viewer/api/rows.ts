/** Windows of the table of requests. */
import type { HotFunction, IndexEntry } from "../../store/entry.ts";
import type { Bytes, EpochMilliseconds, Milliseconds } from "../../units.ts";

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
  /** What it allocated; null where that was not measured, or is lost. */
  readonly alloc: Bytes | null;
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly route: string;
  /** The row of the table of routes that it counts for: one of the `names` of a `RouteRow`. */
  readonly routeName: string;
  /** 0 if none was sent. */
  readonly status: number;
  readonly outcome: IndexEntry["outcome"];
  /** Where bytes were measured, what allocated most of them; its `self` is 0 then. */
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

/**
 * Whether there is a profile. `gone`: it had to make room for others, or was removed by hand. `awaited`: the run goes on, and the
 * file is not there; it waits to be written, or has had to make room.
 */
export type ProfileState = "kept" | "gone" | "none" | "awaited";

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
  | "alloc"
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
