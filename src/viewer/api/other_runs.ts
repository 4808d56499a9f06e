/** Another run beside this one. */
import type { Change } from "../../analysis/change.ts";
import type { Unit } from "../../profile/model.ts";
import type { RouteChange } from "../../analysis/compare_routes.ts";
import type { EpochMilliseconds } from "../../units.ts";

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
  /** The option that says what was measured: `--profiler heap`, `--calls`. */
  readonly measured: string;
}

/** What `profsrv diff <base> <this run>` says: `before` is the base. */
export interface Compared {
  readonly base: OtherRun;
  /** Sentences: that the runs were not measured alike, and why no functions are compared. */
  readonly notes: readonly string[];
  /** Those that changed first. */
  readonly routes: readonly RouteChange[];
  /** Those that became slower first, by what they surely cost more. */
  readonly functions: readonly ComparedFunction[];
  /** What functions are compared by. */
  readonly unit: Unit;
  /** The routes that had profiles enough for their functions to be compared. */
  readonly functionsOfRoutes: readonly string[];
  /** The share by which all functions changed alike, as on a busier machine; 0 if they did not. */
  readonly common: number;
  /** Routes that both runs have: of these merged profiles can stand side by side. */
  readonly bothHave: readonly string[];
}

/** Times or bytes of a request, in itself and what it calls of libraries. */
export interface ComparedFunction extends Change {
  readonly function: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The route in which most of the change is. */
  readonly route: string;
}
