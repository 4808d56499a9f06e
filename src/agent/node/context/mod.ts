/** Follows the current request through callbacks and promises, on Node. */
import type { Microseconds } from "../../../units.ts";
import * as frameBatches from "./frame_batches.ts";
import * as frameStack from "./frame_stack.ts";
import { findFrames } from "./frames.ts";
import type { Account } from "../../ledger.ts";
import * as resourceBatches from "./resource_batches.ts";
import * as resourceStack from "./resource_stack.ts";

/** How contexts are followed. */
let way: Pick<typeof resourceStack, "enter" | "notice" | "unfollow">;

/** Starts following contexts. */
export function followContexts(): void {
  const [rows, stack] = findFrames() ? [frameBatches, frameStack] : [resourceBatches, resourceStack];
  way = rows;
  rows.follow(() => {
    way = stack;
    stack.follow();
    rows.unfollow();
  });
}

/** Stops it: what runs from here on belongs to nobody. */
export function unfollowContexts(): void {
  way.unfollow();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  way.enter(account, since);
}

/** What the agent does when a callback begins that belongs to no request: for measuring its cost. */
export function notice(): () => void {
  return way.notice;
}
