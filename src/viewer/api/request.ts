/** One request, and who held it up. */
import type { FunctionSums } from "../../analysis/functions.ts";
import type { IndexEntry } from "../../store/entry.ts";
import type { ProfileState, Row } from "./rows.ts";
import type { Milliseconds } from "../../units.ts";

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
