/** Follows the current request through callbacks and promises, on Node. */
import type { Execution } from "../../execution.ts";
import { followFrameBatches } from "./frame_batches.ts";
import { followFrameStack } from "./frame_stack.ts";
import { findFrames } from "./frames.ts";
import type { Following } from "./following.ts";
import { arePromisesWatched, onPromiseWatcher } from "./promise_watchers.ts";
import { followResourceBatches } from "./resource_batches.ts";
import { followResourceStack } from "./resource_stack.ts";

/** Starts following contexts: by beginnings alone, until somebody watches promises, who would see those that this takes. */
export function followContexts(execution: Execution): Following {
  const [followBatches, followStack] = findFrames()
    ? [followFrameBatches, followFrameStack]
    : [followResourceBatches, followResourceStack];
  if (arePromisesWatched()) return followStack(execution);
  let way = followBatches(execution);
  const forget = onPromiseWatcher(() => {
    const batches = way;
    way = followStack(execution);
    batches.stop();
  });
  return {
    enter: (account, since) => way.enter(account, since),
    get notice() {
      return way.notice;
    },
    stop() {
      forget();
      way.stop();
    },
  };
}
