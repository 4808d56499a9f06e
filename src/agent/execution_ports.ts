/** What `execution.ts` acts on, and what it is told. */
import type { Microseconds } from "../units.ts";
import type { Account } from "./ledger.ts";

/** What it acts on. */
export interface Outputs {
  /** The ledger. */
  running(): Account | null;
  switchTo(next: Account | null, at?: Microseconds): void;
  beginOutside(source: Account | null): void;
  endOutside(): void;
  forgetOutside(): void;
  /** A callback or reaction of this account's has returned. The request may end in here. */
  leave(account: Account): void;
  /** Whether a request is in flight. */
  isAnyOpen(): boolean;
}

/** What a way of listening reports. */
export interface Reports {
  /** Whether each callback's return is reported. If not, it has returned where the next callback begins or the batch ends. */
  readonly returns: boolean;
  /** Wanted where batches or reactions are reported: sees to it that `batchEnds` is called when the callbacks, ticks and reactions that wait have run. */
  askForEnd?(): void;
}
