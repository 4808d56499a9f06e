/** Requests over time. */
import type { Selection } from "./rows.ts";
import type { EpochMilliseconds, Milliseconds } from "../../units.ts";

/** What a request was mostly. */
export const KINDS = ["cpu", "blocked", "wait"] as const;
export type Kind = typeof KINDS[number];

export interface TimelineQuery extends Selection {
  /** Parts of the time and, of the durations, parts of their logarithm: pixels. 2000 at most each. */
  readonly columns: number;
  readonly lines: number;
}

/**
 * Requests over time. Up to `MOST_MARKS` of them it has a mark for each, and no cells; for more it has cells only.
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
