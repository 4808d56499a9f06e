/**
 * The profile as this project sees it: a leaf model of flat tables, with no knowledge of files, requests or runtimes.
 *
 * `check.ts` proves the invariants stated here.
 */
/** What the samples of a profile add up to: time that functions ran, or bytes that they allocated. */
export type Unit = "microseconds" | "bytes";

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
 * between them nothing was running that this profile is about. All are integers, in the profile's unit.
 */
export interface Samples {
  readonly stack: readonly number[];
  /** When the stretch that this sample stands for begins. */
  readonly startAt: readonly number[];
  /** How long the stretch is that this sample stands for (its weight). */
  readonly time: readonly number[];
}

/** Samples, and tables that have their stacks, and may have others. */
export interface SampledStacks {
  /** Absent in samples of time. */
  readonly unit?: "bytes" | undefined;
  readonly frames: readonly Frame[];
  readonly stacks: StackTable;
  readonly samples: Samples;
}

/**
 * A sampled profile, of CPU time or of allocated bytes.
 *
 * Bytes take the place of time: a sample begins where what was allocated before ends, and lasts for the bytes that it stands for.
 *
 * Invariants: those of the tables; every sample lies within `startAt..endAt`. One in bytes goes from 0 to the sum of its samples.
 */
export interface Profile extends SampledStacks {
  readonly startAt: number;
  readonly endAt: number;
}

/** The unit of a profile. */
export function unitOf({ unit }: Pick<Profile, "unit">): Unit {
  return unit ?? "microseconds";
}
