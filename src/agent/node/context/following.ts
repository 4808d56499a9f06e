/** A way to follow contexts on Node. */
import type { Microseconds } from "../../../units.ts";
import type { Account } from "../../ledger.ts";

export interface Following {
  /** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
  enter(account: Account, since?: Microseconds): void;
  /** What the agent does when a callback begins that belongs to no request: for measuring its cost. */
  readonly notice: () => void;
  /** Stops it: what runs from here on belongs to nobody. */
  stop(): void;
}
