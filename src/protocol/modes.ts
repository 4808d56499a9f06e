/** What a run measures, and whether the server handles one request at a time: chosen by the user, obeyed by the agent. */
import type { Bytes } from "../units.ts";

/** What a profile can be of: CPU time, or bytes that were allocated. */
export const PROFILERS = ["cpu", "heap"] as const;
export type Profiler = typeof PROFILERS[number];

/** Invariants: with "heap" or `calls` there is `serial`; `heapInterval` is there with "heap" only. */
export interface Modes {
  /** A request waits until the one before it is answered. */
  readonly serial: boolean;
  readonly profiler: Profiler;
  /** The calls of each function are counted. */
  readonly calls: boolean;
  /** Bytes between two heap samples. */
  readonly heapInterval?: Bytes;
}
