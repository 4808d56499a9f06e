/** Which code is the application's own, told from libraries, the runtime and what tools left in caches. */
import { isRuntime } from "./frames.ts";
import type { Frame } from "./model.ts";

/** Where package managers and runtimes keep the code of others: their folders, Deno's cache, Yarn's, webpack's own part of a bundle. */
const FOREIGN =
  /(?:^|[/\\])(?:node_modules|\.yarn|\.pnpm-store|\.npm|registry\.npmjs\.org)[/\\]|[/\\]deno[/\\](?:npm|remote|gen|deps)[/\\]|[/\\]\.pnp\.[cm]?js$|^(?:https?|npm|jsr|deno|internal):|(?:^|[/\\])webpack[/\\](?:bootstrap|runtime)/;

/** What was found out already: requests share the frames of their window. */
const known = new WeakMap<Frame, boolean>();

/** Whether a function was written in the application itself. */
export function isOwnCode(frame: Frame): boolean {
  if (isRuntime(frame)) return false;
  let isOwn = known.get(frame);
  if (isOwn === undefined) known.set(frame, isOwn = !FOREIGN.test(frame.url));
  return isOwn;
}
