import type { Microseconds } from "../units.ts";
import { isAnyMeta, isMeta, UNSAMPLED } from "./frames.ts";
import type { Profile, StackTable } from "./model.ts";

/** What was spent somewhere. */
export interface Cost {
  time: Microseconds;
  /** Real samples: those on `(unsampled)` count no sample. */
  samples: number;
}

/** Calls from one function to another. */
export interface Call extends Cost {
  /** Number of the calling frame; -1 for what calls the functions at the bottom of the stacks. */
  readonly caller: number;
  readonly callee: number;
  /** The least number of calls that explains the samples: there were so many or more. */
  calls: number;
}

/** Who called whom, in numbers of frames. */
export interface CallGraph {
  /** Of each frame: itself on top. */
  readonly self: readonly Cost[];
  /**
   * Each sample counts once for every function on its stack: as the cost of the call that entered the function first.
   *
   * So all calls of a function add up to its inclusive cost, recursive or not; a call of itself costs nothing, and
   * a call that only ever entered a function again is left out.
   */
  readonly calls: readonly Call[];
}

/** Reads the call graph off a profile, in time that grows with its tables and the ways from sample to sample. */
export function callGraph(profile: Profile): CallGraph {
  const { frames, stacks } = profile;
  const own = costOfStacks(profile);
  const self = frames.map(() => ({ time: 0, samples: 0 }));
  for (const [s, cost] of own.entries()) add(self[stacks.frame[s]!]!, cost);
  const inclusive = withCallees(profile, own);
  const entries = countEntries(profile);
  const isFirst = firstOfTheirFunction(profile);
  const calls = new Map<number, Call>();
  for (const [s, callee] of stacks.frame.entries()) {
    const caller = stacks.frame[stacks.parent[s]!] ?? -1;
    if ((!isFirst[s] && caller !== callee) || entries[s] === 0) continue;
    const key = (caller + 1) * frames.length + callee;
    let call = calls.get(key);
    if (call === undefined) calls.set(key, call = { caller, callee, calls: 0, time: 0, samples: 0 });
    call.calls += entries[s]!;
    if (isFirst[s]) add(call, inclusive[s]!);
  }
  return { self, calls: [...calls.values()] };
}

/** What each stack cost with its top frame on top. */
function costOfStacks({ frames, stacks, samples }: Profile): Cost[] {
  const costs = stacks.parent.map(() => ({ time: 0, samples: 0 }));
  for (const [i, stack] of samples.stack.entries()) {
    const isSampled = !isMeta(frames[stacks.frame[stack]!]!, UNSAMPLED);
    add(costs[stack]!, { time: samples.time[i]!, samples: isSampled ? 1 : 0 });
  }
  return costs;
}

/** What each stack cost, all that stood on it included. */
function withCallees({ stacks }: Profile, own: readonly Cost[]): Cost[] {
  const inclusive = own.map((cost) => ({ ...cost }));
  for (let s = inclusive.length - 1; s >= 0; s--) {
    const parent = stacks.parent[s]!;
    if (parent >= 0) add(inclusive[parent]!, inclusive[s]!);
  }
  return inclusive;
}

/**
 * How often each stack was new since the sample before: its calls, as far as samples show them.
 *
 * A stack of one meta frame, as garbage collection has it, stands for no return of the functions before it.
 */
function countEntries({ frames, stacks, samples }: Profile): number[] {
  const entries = stacks.parent.map(() => 0);
  let last = -1;
  let lastFunction = -1;
  for (const stack of samples.stack) {
    const isInterruption = stacks.parent[stack]! < 0 && isAnyMeta(frames[stacks.frame[stack]!]!);
    if (isInterruption) {
      if (stack !== last) entries[stack]! += 1;
    } else {
      enter(stacks, lastFunction, stack, entries);
      lastFunction = stack;
    }
    last = stack;
  }
  return entries;
}

/** Counts what the second stack has and the first has not. */
function enter({ parent }: StackTable, from: number, to: number, entries: number[]): void {
  while (from !== to) { // a parent has the smaller number, so the larger of the two is no part of the other
    if (to > from) {
      entries[to]! += 1;
      to = parent[to]!;
    } else {
      from = parent[from]!;
    }
  }
}

/** Whether a stack's top frame is not already further down in it. Walks the tree once, depth first. */
function firstOfTheirFunction({ frames, stacks: { parent, frame } }: Profile): boolean[] {
  const firstChild = parent.map(() => -1);
  const nextSibling = parent.map(() => -1);
  let firstRoot = -1;
  for (let s = parent.length - 1; s >= 0; s--) {
    const below = parent[s]!;
    nextSibling[s] = below < 0 ? firstRoot : firstChild[below]!;
    if (below < 0) firstRoot = s;
    else firstChild[below] = s;
  }
  const active = frames.map(() => 0);
  const isFirst = parent.map(() => false);
  for (let s = firstRoot; s >= 0;) {
    isFirst[s] = active[frame[s]!] === 0;
    active[frame[s]!]! += 1;
    if (firstChild[s]! >= 0) {
      s = firstChild[s]!;
      continue;
    }
    while (s >= 0) {
      active[frame[s]!]! -= 1;
      if (nextSibling[s]! >= 0) break;
      s = parent[s]!;
    }
    s = s < 0 ? -1 : nextSibling[s]!;
  }
  return isFirst;
}

function add(to: Cost, cost: Cost): void {
  to.time += cost.time;
  to.samples += cost.samples;
}
