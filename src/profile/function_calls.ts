/** How often functions were called while a request had its turn, as counted, not sampled. */
import { isOwnCode } from "./own_code.ts";
import type { Frame, Profile } from "./model.ts";
import { frameKey } from "./tables.ts";

/** What counting costs, as people read it. */
export const COUNTING_COST =
  "Calls are counted (--calls), which slows the server: its times are longer than without.";

/** What sampling the heap costs, as people read it. */
export const HEAP_COST =
  "Allocations are sampled (--profiler heap) in V8's heap, where the bytes of Buffers are not. Sampling slows code that allocates: times are longer than without.";

/** The same of counting when it begins. */
export const COUNTING_NOTICE =
  "counting calls slows the server: V8 runs a hot loop of small functions several times slower meanwhile, and each request takes some milliseconds more";

/** A function and its calls. */
export interface FunctionCalls {
  readonly frame: Frame;
  readonly count: number;
  /** It is async or a generator: each time that it went on after `await` or `yield` is counted, too. */
  readonly isResumed: boolean;
}

/** All functions of a request, each once. */
export interface CountedCalls {
  readonly functions: readonly FunctionCalls[];
  /** So many more were called, each less often than these. */
  readonly leftOut: number;
}

/** The application's own functions first, and of these those with most calls. */
export function byCalls(functions: readonly FunctionCalls[]): FunctionCalls[] {
  const rank = new Map(functions.map((it) => [it, isOwnCode(it.frame) ? 1 : 0]));
  return [...functions].sort((a, b) => rank.get(b)! - rank.get(a)! || b.count - a.count);
}

/** The calls of each of a profile's frames, by number; of a function whose place is not known where no other in its script is called so. */
export function callsOfFrames({ frames }: Profile, { functions }: CountedCalls): Map<number, FunctionCalls> {
  const numbers = new Map(frames.map((frame, f) => [frameKey(frame), f]));
  const named = new Map<string, number[]>();
  for (const [f, frame] of frames.entries()) {
    const key = nameKey(frame);
    named.set(key, [...named.get(key) ?? [], f]);
  }
  const calls = new Map<number, FunctionCalls>();
  for (const it of functions) {
    const same = named.get(nameKey(it.frame)) ?? [];
    const number = numbers.get(frameKey(it.frame)) ??
      (it.frame.line < 0 && same.length === 1 ? same[0] : undefined);
    if (number !== undefined) calls.set(number, it);
  }
  return calls;
}

function nameKey({ name, url }: Frame): string {
  return `${url.length}:${url}${name}`;
}
