import type { Microseconds } from "../units.ts";
import type { Window } from "./decode_v8.ts";
import { IDLE, isMeta } from "./frames.ts";
import type { Profile } from "./model.ts";

/**
 * The samples of one request in one window. Nothing is copied: the slice points into its window.
 *
 * Invariant: `ranges` holds `[from, to, from, to, …]`, numbers of samples with `to` exclusive, ascending.
 */
export interface Slice {
  readonly window: Profile;
  readonly ranges: readonly number[];
}

/** A share of a window's samples, and the time they stand for. */
export interface Share {
  readonly samples: number;
  readonly time: Microseconds;
}

/**
 * A window cut into whose it was.
 *
 * Invariant: `attributed + unattributed + idle` is the whole window, in samples and to the microsecond in time.
 */
export interface SlicedWindow {
  /** Slices by the `seq` of their request. */
  readonly slices: ReadonlyMap<number, Slice>;
  /** What the slices hold in all. */
  readonly attributed: Share;
  /** Something ran for no request. */
  readonly unattributed: Share;
  /** Nothing ran. */
  readonly idle: Share;
  /** The samples that are unattributed. */
  readonly outside: Slice;
}

/**
 * Cuts a window by the owners of its samples.
 *
 * Only a sample without owner can be idle. One with an owner is the owner's even when V8 calls it `(idle)`: the log of
 * switches is exact, and V8 also calls native code idle that runs while the event loop polls.
 */
export function sliceWindow({ profile, owners }: Window): SlicedWindow {
  const { samples } = profile;
  const isIdle = idleStacks(profile);
  const ranges = new Map<number, number[]>();
  const outside: number[] = [];
  const shares = { attributed: share(), unattributed: share(), idle: share() };
  for (const [i, seq] of owners.entries()) {
    if (seq !== 0) extend(ranges, seq, i);
    const kind = seq !== 0 ? "attributed" : isIdle[samples.stack[i]!] ? "idle" : "unattributed";
    if (kind === "unattributed") outside.push(i, i + 1);
    shares[kind].samples++;
    shares[kind].time += samples.time[i]!;
  }
  // A window too short for a sample: its time was nobody's that we know of.
  if (owners.length === 0) shares.unattributed.time = profile.endAt - profile.startAt;
  const slices = new Map<number, Slice>();
  for (const [seq, own] of ranges) slices.set(seq, { window: profile, ranges: own });
  return { slices, ...shares, outside: { window: profile, ranges: outside } };
}

/** Adds sample `i` to the ranges of a request, to the last one if it follows it. */
function extend(ranges: Map<number, number[]>, seq: number, i: number): void {
  const own = ranges.get(seq);
  if (own === undefined) ranges.set(seq, [i, i + 1]);
  else if (own.at(-1) === i) own[own.length - 1] = i + 1;
  else own.push(i, i + 1);
}

function idleStacks({ frames, stacks }: Profile): boolean[] {
  return stacks.frame.map((frame) => isMeta(frames[frame]!, IDLE));
}

function share(): { samples: number; time: Microseconds } {
  return { samples: 0, time: 0 };
}
