/** Follows the current request through callbacks and promises, on Node. */
import type { Microseconds } from "../units.ts";
import * as frames from "./frame_context.ts";
import { type Account, switchTo } from "./ledger.ts";
import * as resources from "./resource_context.ts";
import { isInside } from "./turns.ts";

let way: Pick<typeof frames, "keep" | "unfollow">;

/** Starts following contexts. */
export function followContexts(): void {
  way = frames;
  if (frames.follow()) return;
  way = resources;
  resources.follow();
}

/** Stops it: what runs from here on belongs to nobody. */
export function unfollowContexts(): void {
  way.unfollow();
}

/** The rest of the current callback (from `since`, a moment ago) and all that it starts belongs to `account`. */
export function enter(account: Account, since?: Microseconds): void {
  way.keep(account);
  if (isInside()) switchTo(account, since);
}
