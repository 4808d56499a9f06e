/** What a process did outside of requests: the samples of all its windows that belong to none, in one profile. */
import type { EpochMilliseconds, Microseconds } from "../units.ts";
import { isRuntime, metaFrame } from "./frames.ts";
import { StackMap } from "./merge.ts";
import type { Frame, Profile } from "./model.ts";
import type { ProcessInfo, RequestProfile } from "./request.ts";
import { requestProfile } from "./request_profile.ts";
import type { Slice } from "./slice.ts";
import { frameKey, Tables } from "./tables.ts";
import type { Transform } from "./transforms.ts";

/** With more stacks only the heaviest are kept, */
const MOST_STACKS = 20_000;
/** so many, */
const KEPT_STACKS = 5_000;
/** and the time of the rest is this. */
const OTHER = "(other)";
/** A profile is laid out in so many samples at most. */
const MOST_SAMPLES = 50_000;

/** Sums of such samples by their stack: bounded, however long the process runs. */
export class OutsideWork {
  #tables = new Tables();
  #time: Microseconds[] = [];
  #count: number[] = [];

  /** Adds what is unattributed in one window. */
  add({ window, ranges }: Slice): void {
    if (ranges.length === 0) return;
    const map = new StackMap(window, this.#tables);
    for (let r = 0; r < ranges.length; r += 2) {
      for (let i = ranges[r]!; i < ranges[r + 1]!; i++) {
        this.#book(map.get(window.samples.stack[i]!), window.samples.time[i]!, 1);
      }
    }
    if (this.#time.length > MOST_STACKS) this.#shrink();
  }

  /** All of it, laid out one stack after another from 0 on; undefined if there is nothing. */
  profile(): Profile | undefined {
    const { frames, stacks } = this.#tables;
    const samples = { stack: [] as number[], startAt: [] as number[], time: [] as number[] };
    const share = Math.min(1, MOST_SAMPLES / this.#count.reduce((sum, count) => sum + (count ?? 0), 0));
    let end = 0;
    for (const [stack, time] of this.#time.entries()) {
      if (time === undefined || time === 0) continue;
      const pieces = Math.max(1, Math.round(this.#count[stack]! * share));
      for (let i = 0; i < pieces; i++) {
        const from = Math.floor(time * i / pieces);
        samples.stack.push(stack);
        samples.startAt.push(end + from);
        samples.time.push(Math.floor(time * (i + 1) / pieces) - from);
      }
      end += time;
    }
    return end === 0 ? undefined : { frames, stacks, samples, startAt: 0, endAt: end };
  }

  /** Forgets everything. */
  clear(): void {
    this.#tables = new Tables();
    [this.#time, this.#count] = [[], []];
  }

  #book(stack: number, time: Microseconds, count: number): void {
    this.#time[stack] = (this.#time[stack] ?? 0) + time;
    this.#count[stack] = (this.#count[stack] ?? 0) + count;
  }

  #shrink(): void {
    const [times, counts, { frames, stacks }] = [this.#time, this.#count, this.#tables];
    this.#tables = new Tables();
    [this.#time, this.#count] = [[], []];
    const map = new StackMap({ frames, stacks }, this.#tables);
    const heaviest = [...times.keys()].filter((it) => times[it] !== undefined).sort((a, b) =>
      times[b]! - times[a]!
    );
    for (const [rank, stack] of heaviest.entries()) {
      const kept = rank < KEPT_STACKS
        ? map.get(stack)
        : this.#tables.stack(-1, this.#tables.frame(metaFrame(OTHER)));
      this.#book(kept, times[stack]!, counts[stack]!);
    }
  }
}

/** Stands for a request in the profile of what a process did outside of them. */
const NO_REQUEST = {
  seq: 0,
  method: "",
  url: "(unattributed)",
  host: "",
  http: "",
  status: 0,
  bytes: 0,
  startAt: 0,
  blocked: 0,
  outcome: "finished",
} as const;

/** Such a profile as formats and names take it: as one of no request. */
export function outsideProfile(
  { profile, startedOn, ...who }: {
    readonly id: string;
    readonly process: ProcessInfo;
    readonly profile: Profile;
    readonly startedOn: EpochMilliseconds;
  },
  steps: readonly Transform[],
): RequestProfile {
  const request = { ...NO_REQUEST, startedOn, duration: profile.endAt, cpu: profile.endAt };
  const slices = [{ window: profile, ranges: [0, profile.samples.stack.length] }];
  return requestProfile({ ...who, route: NO_REQUEST.url, request, slices }, steps);
}

/** Time of one function itself, and of what it calls that is not the application's. */
export interface OwnTime {
  readonly frame: Frame;
  time: Microseconds;
}

/** The time of a profile by the innermost function of the application's own code; what has none is left out. */
export function ownTimes({ frames, stacks, samples }: Profile): Map<string, OwnTime> {
  const isOwn = frames.map((frame) => !isRuntime(frame) && !/[/\\]node_modules[/\\]/.test(frame.url));
  const own = new Map<string, OwnTime>();
  for (const [i, stack] of samples.stack.entries()) {
    let s = stack;
    while (s >= 0 && !isOwn[stacks.frame[s]!]) s = stacks.parent[s]!;
    if (s < 0) continue;
    const frame = frames[stacks.frame[s]!]!;
    const key = frameKey(frame);
    const known = own.get(key);
    if (known === undefined) own.set(key, { frame, time: samples.time[i]! });
    else known.time += samples.time[i]!;
  }
  return own;
}
