/** The run as a whole. */
import type { HeldBy } from "../../analysis/culprits.ts";
import type { HotFunction } from "../../store/entry.ts";
import type { EpochMilliseconds, Milliseconds } from "../../units.ts";

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
  /** Allocated bytes were measured, and functions by these. */
  readonly isHeap: boolean;
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
