/** Follows the current request through callbacks and promises, on Node. */
import type { Microseconds } from "../units.ts";
import * as rows from "./frame_rows.ts";
import * as stack from "./frame_stack.ts";
import { findFrames } from "./frames.ts";
import type { Account } from "./ledger.ts";
import * as resources from "./resource_context.ts";

let way: Pick<typeof resources, "enter" | "notice" | "unfollow">;

/** Starts following contexts. */
export function followContexts(): void {
  if (!findFrames()) {
    way = resources;
    resources.follow();
    return;
  }
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

/** What following does for a callback of nobody's. */
export function notice(): () => void {
  return way.notice;
}
