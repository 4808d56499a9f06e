/**
 * Requests that have all their samples in one window, as nearly all have at full load. What a line of the index and the sums of routes
 * say of their samples needs no tables of their own, only those of the window, as the steps show them; a profile of each is made for those
 * alone that are written.
 */
import type { CountedCalls } from "./function_calls.ts";
import { IDLE, isMeta, metaFrame, PROGRAM, UNSAMPLED } from "./frames.ts";
import type { Profile, SampledStacks } from "./model.ts";
import type { Hold, ProcessInfo, RequestInfo, RequestProfile } from "./request.ts";
import { countsOf, lawful, type RequestParts, requestProfile, withinTime } from "./request_profile.ts";
import type { Slice } from "./slice.ts";
import { type Transform, transform } from "./transforms.ts";
import { settledSamples } from "./weights.ts";
import type { Microseconds } from "../units.ts";

/** A window after the steps, which are done when a request first needs it. */
export class ShownWindow {
  readonly #window: Profile;
  readonly #steps: readonly Transform[];
  #shown: Profile | undefined;

  constructor(window: Profile, steps: readonly Transform[]) {
    this.#window = window;
    this.#steps = steps;
  }

  /** What `requestProfile` makes of such a request with the same steps; undefined if it is another. */
  requestProfile(parts: RequestParts): RequestProfile | undefined {
    const { slices: [slice, ...more] } = parts;
    if (slice === undefined || more.length > 0 || slice.window !== this.#window) return undefined;
    this.#shown ??= withUnsampled(transform(this.#window, this.#steps));
    return new SampledRequest(parts, this.#steps, cut(this.#shown, slice));
  }
}

/** With a stack for what no sample saw, the last; V8's `(idle)` is `(program)`, as in `mergeSlices`. */
function withUnsampled(window: Profile): Profile {
  const { frames, stacks } = window;
  return {
    ...window,
    frames: [...frames.map((it) => isMeta(it, IDLE) ? metaFrame(PROGRAM) : it), metaFrame(UNSAMPLED)],
    stacks: { parent: [...stacks.parent, -1], frame: [...stacks.frame, frames.length] },
  };
}

function cut(shown: Profile, { ranges }: Slice): Profile {
  const all = shown.samples;
  const samples = { stack: [] as number[], startAt: [] as Microseconds[], time: [] as Microseconds[] };
  for (let r = 0; r < ranges.length; r += 2) {
    for (let i = ranges[r]!; i < ranges[r + 1]!; i++) {
      samples.stack.push(all.stack[i]!);
      samples.startAt.push(all.startAt[i]!);
      samples.time.push(all.time[i]!);
    }
  }
  return { ...shown, samples };
}

class SampledRequest implements RequestProfile {
  readonly id: string;
  readonly route: string;
  readonly process: ProcessInfo;
  readonly request: RequestInfo;
  readonly sampleCount: number;
  readonly gc: Microseconds;
  readonly holds: readonly Hold[];
  readonly queuedBy: string | undefined;
  readonly calls: CountedCalls | undefined;
  readonly shared: SampledStacks;
  readonly #parts: RequestParts;
  readonly #steps: readonly Transform[];
  #profile: Profile | undefined;

  constructor(parts: RequestParts, steps: readonly Transform[], window: Profile) {
    this.id = parts.id;
    this.route = parts.route;
    this.process = parts.process;
    this.request = lawful(parts.request, window.samples);
    this.holds = withinTime(parts.holds, this.request.blocked);
    this.queuedBy = parts.queuedBy;
    this.calls = parts.calls;
    const { frames, stacks } = window;
    const { samples } = settledSamples(window.samples, this.request, stacks.parent.length - 1);
    this.shared = { frames, stacks, samples };
    const { sampleCount, gc } = countsOf(this.shared);
    this.sampleCount = sampleCount;
    this.gc = gc;
    this.#parts = parts;
    this.#steps = steps;
  }

  get profile(): Profile {
    return this.#profile ??= requestProfile(this.#parts, this.#steps).profile;
  }
}

/** The same request, but nothing of it is a part of its window: for who keeps it for long. */
export function apart(subject: RequestProfile): RequestProfile {
  if (!(subject instanceof SampledRequest)) return subject;
  const { id, route, process, request, profile, sampleCount, gc, holds, queuedBy, calls } = subject;
  return { id, route, process, request, profile, sampleCount, gc, holds: holds ?? [], queuedBy, calls };
}
