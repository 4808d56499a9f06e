/** Where the time of profiles went, or who allocated their bytes: by function, and as a tree of calls. */
import { isAnyMeta, PROFILER, scriptPath, UNSAMPLED } from "../profile/frames.ts";
import type { Frame, Profile } from "../profile/model.ts";
import { isOwnCode } from "../profile/own_code.ts";
import { toMilliseconds } from "../units.ts";

/** A function of one or more profiles: its times in milliseconds, or its bytes where the profiles are in bytes. */
export interface FunctionSums {
  /** Empty for an anonymous function; in parentheses for what is none, as `(garbage collector)`. */
  readonly function: string;
  /** Empty if it is in no file. */
  readonly file: string;
  /** 1-based; 0 if it is in no file. */
  readonly line: number;
  /** In itself and, where libraries are folded, in what it calls of them. */
  readonly self: number;
  /** In itself and all that it calls. */
  readonly total: number;
  /** How often it was called, where that was counted. */
  readonly callCount?: number;
}

/** A function as called by those above it. */
export interface CallNode extends FunctionSums {
  /** Those that took most, that first. */
  readonly calls: readonly CallNode[];
}

/** What profiles together came to. */
export interface ProfileSums {
  /** Absent: all its times are milliseconds. */
  readonly unit?: "bytes" | undefined;
  readonly requests: number;
  /** Whether these are all requests that the report is about, or only those with most CPU that have a profile. */
  readonly isWhole: boolean;
  /** All that their samples stand for, the time that no sample saw included. */
  readonly time: number;
  readonly functions: readonly FunctionSums[];
  readonly calls: readonly CallNode[];
}

interface Node {
  readonly frame: Frame;
  readonly below: Map<string, Node>;
  self: number;
  total: number;
}

/** A branch with less than this share of the whole is left out. */
const LEAST_SHARE = 0.02;
const DEEPEST = 100;

/**
 * Adds up profiles. Libraries and the runtime are folded into the application's functions that call them, unless `all` are
 * wanted, and its functions come first; what none of them calls stands as it is.
 */
export function sumProfiles(
  profiles: Iterable<Profile>,
  { all, requests, isWhole = false }: {
    readonly all: boolean;
    /** How many they are of. */
    readonly requests: number;
    readonly isWhole?: boolean;
  },
): ProfileSums {
  const root: Node = {
    frame: { name: "", url: "", line: -1, column: -1 },
    below: new Map(),
    self: 0,
    total: 0,
  };
  const functions = new Map<string, { frame: Frame; self: number; total: number }>();
  let unit: ProfileSums["unit"];
  for (const profile of profiles) {
    unit = profile.unit;
    addProfile(profile, { root, functions, all });
  }
  const scale = unit === "bytes" ? (bytes: number) => bytes : toMilliseconds;
  const isOwn = (frame: Frame) => !all && isOwnCode(frame) ? 1 : 0;
  const byTime = [...functions.values()].sort((a, b) =>
    isOwn(b.frame) - isOwn(a.frame) || b.self - a.self || b.total - a.total
  );
  return {
    ...(unit === undefined ? {} : { unit }),
    requests,
    isWhole,
    time: scale(root.total),
    functions: byTime.map((it) => sumsOf(it, scale)),
    calls: callsOf(root, { least: LEAST_SHARE * root.total, depth: 0, scale }),
  };
}

function addProfile(
  { frames, stacks, samples }: Profile,
  { root, functions, all }: {
    readonly root: Node;
    readonly functions: Map<string, { frame: Frame; self: number; total: number }>;
    readonly all: boolean;
  },
): void {
  const keys = frames.map((it) => `${it.url}\n${it.line}\n${it.column}\n${it.name}`);
  const isKept = frames.map((it) => all || isOwnCode(it));
  const times = new Map<number, number>();
  for (const [i, stack] of samples.stack.entries()) {
    times.set(stack, (times.get(stack) ?? 0) + samples.time[i]!);
  }
  for (const [leaf, time] of times) {
    const path: number[] = [];
    for (let stack = leaf; stack >= 0; stack = stacks.parent[stack]!) {
      const frame = stacks.frame[stack]!;
      if (isKept[frame]) path.push(frame);
    }
    // Nothing of the application's own: its innermost function, or what is none.
    if (path.length === 0) path.push(stacks.frame[leaf]!);
    root.total += time;
    const seen = new Set<string>();
    let node = root;
    for (let at = path.length - 1; at >= 0; at--) {
      const [frame, key] = [frames[path[at]!]!, keys[path[at]!]!];
      const below = node.below.get(key) ?? { frame, below: new Map(), self: 0, total: 0 };
      node.below.set(key, below);
      node = below;
      node.total += time;
      const sums = functions.get(key) ?? { frame, self: 0, total: 0 };
      functions.set(key, sums);
      if (!seen.has(key)) sums.total += time;
      seen.add(key);
      if (at === 0) sums.self += time;
    }
    node.self += time;
  }
}

/** From the unit of a profile to that of its sums. */
type Scale = (value: number) => number;

function callsOf(
  { below }: Node,
  { least, depth, scale }: { readonly least: number; readonly depth: number; readonly scale: Scale },
): CallNode[] {
  if (depth > DEEPEST) return [];
  return [...below.values()].filter(({ total }) => total >= least).sort((a, b) => b.total - a.total)
    .map((node) => ({ ...sumsOf(node, scale), calls: callsOf(node, { least, depth: depth + 1, scale }) }));
}

function sumsOf(
  { frame, self, total }: { readonly frame: Frame; readonly self: number; readonly total: number },
  scale: Scale,
): FunctionSums {
  return {
    function: frame.name,
    file: scriptPath(frame.url),
    line: frame.line + 1,
    self: scale(self),
    total: scale(total),
  };
}

/** Whether it is a function that somebody could change: no time that no sample saw, nor the profiler's own. */
export function isFunction({ function: name, file }: FunctionSums): boolean {
  return !(file === "" && (name === UNSAMPLED || name === PROFILER)) &&
    !isAnyMeta({ name, url: file, line: -1, column: -1 });
}
