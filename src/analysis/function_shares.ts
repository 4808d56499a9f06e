/** How a profile's time is divided among functions. */
import { isMeta, UNSAMPLED } from "../profile/frames.ts";
import type { Frame, Profile } from "../profile/model.ts";
import { isOwnCode } from "../profile/own_code.ts";

/** What functions took of a profile's sampled time, as shares of it. */
export interface FunctionShare {
  readonly frame: Frame;
  /** It ran itself. */
  self: number;
  /** It or what it called ran; once, however deep it called itself. */
  total: number;
  /**
   * It ran, or code of others that it called: each sample counts for the innermost function of the application's own, or
   * where there is none for the innermost of all. Those of all functions add up to 1.
   */
  own: number;
  /** The part of `own` in the runtime's code and what that calls: it wrote to a socket, started a timer. */
  runtime: number;
}

/** Not of these modules, which compute as the application does, wherever Node or one of Deno's extensions has them. */
const RUNTIME = new RegExp(
  "^(?:node|ext):(?!(?:deno_(?:node|web|crypto|url)/)?(?:internal(?:_binding)?/)?(?:\\d+_|_)?" +
    "(?:crypto|zlib(?:_binding)?|buffer|url|querystring|util|v8|vm)\\b)",
);

/** A native function is the runtime's where that calls it. */
function isRuntime({ url }: Frame, caller: Frame | undefined): boolean {
  return RUNTIME.test(url === "" && caller !== undefined ? caller.url : url);
}

/** The functions of a profile; of none if no sample saw one. */
export function functionShares({ frames, stacks, samples }: Profile): FunctionShare[] {
  const timeOf = new Map<number, number>();
  let whole = 0;
  for (const [i, stack] of samples.stack.entries()) {
    if (isMeta(frames[stacks.frame[stack]!]!, UNSAMPLED)) continue;
    timeOf.set(stack, (timeOf.get(stack) ?? 0) + samples.time[i]!);
    whole += samples.time[i]!;
  }
  if (whole === 0) return [];
  const shares = new Map<number, FunctionShare & { readonly isOwn: boolean }>();
  const shareOf = (frame: number) => {
    let share = shares.get(frame);
    if (share === undefined) {
      const isOwn = isOwnCode(frames[frame]!);
      shares.set(frame, share = { frame: frames[frame]!, self: 0, total: 0, own: 0, runtime: 0, isOwn });
    }
    return share;
  };
  for (const [stack, time] of timeOf) {
    const share = time / whole;
    const top = stacks.frame[stack]!;
    shareOf(top).self += share;
    let innermost = -1;
    const seen = new Set<number>();
    for (let at = stack; at >= 0; at = stacks.parent[at]!) {
      const frame = stacks.frame[at]!;
      if (innermost < 0 && shareOf(frame).isOwn) innermost = frame;
      if (!seen.has(frame)) shareOf(frame).total += share;
      seen.add(frame);
    }
    const owner = shareOf(innermost < 0 ? top : innermost);
    owner.own += share;
    if (isRuntime(frames[top]!, frames[stacks.frame[stacks.parent[stack]!]!])) owner.runtime += share;
  }
  return [...shares.values()].filter(({ total }) => total > 0);
}
