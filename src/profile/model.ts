/**
 * The profile as this project sees it: a leaf model of flat tables, with no knowledge of files, requests or runtimes.
 *
 * `check.ts` proves the invariants stated here.
 */
import type { Microseconds } from "../units.ts";

/** A call frame: one function as the runtime names it. */
export interface Frame {
  /** The function's name; empty for an anonymous function. Invented frames are in parentheses, see `frames.ts`. */
  readonly name: string;
  /** Script URL or path as the runtime reports it; empty for what belongs to no script. */
  readonly url: string;
  /** 0-based line of the function's definition; -1 if unknown. */
  readonly line: number;
  /** 0-based column of the function's definition; -1 if unknown. */
  readonly column: number;
}

/**
 * Call stacks as a tree in two parallel arrays: stack `i` is the stack `parent[i]` with the frame `frame[i]` on top of it.
 *
 * Invariants: parents come first (`parent[i] < i`), -1 is the empty stack; `frame[i]` indexes `Profile.frames`.
 */
export interface StackTable {
  readonly parent: readonly number[];
  readonly frame: readonly number[];
}

/**
 * Samples in three parallel arrays, in the order of their time.
 *
 * Invariants: `stack[i]` indexes the stack table; `startAt[i] + time[i] <= startAt[i + 1]`: samples never overlap, and
 * between them nothing was running that this profile is about. All are integers.
 */
export interface Samples {
  readonly stack: readonly number[];
  /** When the stretch that this sample stands for begins. */
  readonly startAt: readonly Microseconds[];
  /** How long the stretch is that this sample stands for (its weight). */
  readonly time: readonly Microseconds[];
}

/** Samples, and tables that have their stacks, and may have others. */
export interface SampledStacks {
  readonly frames: readonly Frame[];
  readonly stacks: StackTable;
  readonly samples: Samples;
}

/**
 * A sampled CPU profile.
 *
 * Invariants: those of the tables; every sample lies within `startAt..endAt`.
 */
export interface Profile extends SampledStacks {
  readonly startAt: Microseconds;
  readonly endAt: Microseconds;
}
