/** Rejections that end no process, for a listener of the application's took them: the request that they are of may have no answer. */
import { guarded } from "../guarded.ts";
import { ranLast, running } from "../ledger.ts";
import { original } from "../originals.ts";
import { holderOf, overtakeWhenIdle } from "../turns.ts";

/**
 * Listeners of Node's event are called after those of Deno's, and take it in the same way. Deno looks at rejected promises late: that they
 * are of the request that ran last is a guess, after which the next ones still wait while that one runs.
 */
export function watchCaughtErrors(): void {
  const overtake = guarded(overtakeWhenIdle);
  const note = guarded((event: Event) => {
    const account = running() ?? holderOf(ranLast());
    original.setImmediate(() => {
      if (event.defaultPrevented) overtake(account);
    });
  });
  const global = globalThis as unknown as {
    addEventListener(type: "unhandledrejection", act: (event: Event) => void): void;
  };
  global.addEventListener("unhandledrejection", note);
}
