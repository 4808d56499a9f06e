/** Which request makes the requests of this process's own, on Deno, whose connections nobody sees: by their URL. */
import type { Microseconds } from "../../units.ts";
import { now } from "../clock.ts";
import { intercept } from "../intercept.ts";
import { original } from "../originals.ts";
import { noteCall } from "../self_calls.ts";

/** If one of the same URL that was made elsewhere was taken for it, the next one is taken after this time. */
const TAKEN_AGAIN_AFTER: Microseconds = 200_000;

/** Starts to notice what `fetch` asks for. */
export function followOwnConnections(): void {
  intercept(globalThis, "fetch", (target, self, args) => {
    const forget = noteFetch(args[0]);
    const answer: unknown = Reflect.apply(target, self, args);
    if (!(answer instanceof Promise)) return answer;
    // The application gets what comes of it: a rejection that the agent had heard would pass for one that is handled.
    return original.then.call(answer, (response) => {
      forget();
      return response;
    }, (reason) => {
      forget();
      throw reason;
    });
  });
}

function noteFetch(input: unknown): () => void {
  let url: string;
  try {
    const { host, pathname, search } = new URL(input instanceof Request ? input.url : String(input));
    url = host + pathname + search;
  } catch {
    return () => {};
  }
  let takenAt = -Infinity;
  return noteCall((_, asked) => {
    if (asked !== url || now() - takenAt < TAKEN_AGAIN_AFTER) return false;
    takenAt = now();
    return true;
  });
}
