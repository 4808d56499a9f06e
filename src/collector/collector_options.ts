import type { Format } from "../formats/mod.ts";
import type { Redaction, Template } from "../naming/mod.ts";
import type { Address } from "../protocol/messages.ts";
import type { ProcessIdentity } from "../process_alive.ts";
import type { Profiler } from "../protocol/modes.ts";
import type { Bytes, EpochMilliseconds, Microseconds } from "../units.ts";
import type { KeptFiles } from "../store/retention.ts";
import type { RouteSums } from "../store/route_sums.ts";
import type { RequestFilter } from "./request_filter.ts";
import type { IndexEntry } from "../store/entry.ts";

/** What a run is collected with. */
export interface CollectorOptions {
  /** Where profiles go: absolute, exists. */
  readonly directory: string;
  /** The run's private directory, as `run.json` names it while the run goes on. */
  readonly spool: string;
  /** The directory in it that the agents write to: absolute, exists. */
  readonly inbox: string;
  /** The agent's file. */
  readonly agentPath: string;
  readonly template: Template;
  readonly formats: readonly Format[];
  readonly filter: RequestFilter;
  readonly maxFiles: number;
  readonly maxSize: Bytes;
  readonly interval: Microseconds;
  /** Bytes between two samples of the heap. */
  readonly heapInterval?: Bytes;
  /** What profiles are of. */
  readonly profiler?: Profiler;
  /** The server handles one request at a time. */
  readonly serial?: boolean;
  /** Calls are counted. */
  readonly calls?: boolean;
  readonly redaction: Redaction;
  /** As it is written. */
  readonly command: readonly string[];
  readonly version: string;
  /** When the run began: before its command did. */
  readonly startedOn: EpochMilliseconds;
  /** What an earlier process of ours has written of the same run. */
  readonly before?: EarlierPart;
  /** Called with the requests that have ended, when their files and lines are written. */
  onRequests(entries: readonly IndexEntry[]): void;
  /** Called when a process or thread listens, and again when it does on a port after it did on a path. */
  onListening(address: Address): void;
  /** Called when a process, as it says, may not send itself the signal that ends it. */
  onRaise(process: ProcessIdentity, signal: string): void;
  /** Called when somebody removed the spool: gives whether it is there again. */
  onSpoolGone(): boolean;
  /** Called with one sentence when something is amiss; once per kind. */
  onNotice(text: string): void;
  /** Called with one sentence that helps to find a fault. */
  onDebug(text: string): void;
}

/** A run that was begun, and not finished, by a process of ours that was killed. */
export interface EarlierPart {
  /** When the last was heard of it. */
  readonly endedOn: EpochMilliseconds;
  /** The requests that are in the index, by id. */
  readonly ids: ReadonlySet<string>;
  /** Their profile files that are still there. */
  readonly kept: readonly KeptFiles[];
  /** They all, by route, with those of their samples that were written. */
  readonly routes: RouteSums;
}
