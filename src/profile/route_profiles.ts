/** What the requests of each route ran over a whole run, as a run keeps it on disk. */
import type { Frame, StackTable } from "./model.ts";

/** All samples of one stack. */
export interface StackSum {
  readonly stack: number;
  /** 0 only for `(unsampled)`. */
  readonly samples: number;
  /** Or bytes. */
  readonly time: number;
}

/** One route. Invariant: the times of its stacks add up to the `cpu` that was measured of all its requests; bytes, to what they allocated. */
export interface RouteProfile {
  /** Method and route, as the summary has it, or `OUTSIDE`. */
  readonly name: string;
  readonly requests: number;
  /** Each stack once. */
  readonly stacks: readonly StackSum[];
}

/** All routes of a run. Their stacks share the tables. */
export interface RouteProfiles {
  /** The run's id. */
  readonly run: string;
  /** Absent where it is time. */
  readonly unit?: "bytes" | undefined;
  readonly frames: readonly Frame[];
  readonly stacks: StackTable;
  readonly routes: readonly RouteProfile[];
}
