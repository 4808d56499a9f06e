/** What the long stretches of one process say: who held up whom, and what went on when its request had ended. */
import { type Hold, OUTSIDE, OUTSIDE_NAME, type RequestInfo } from "../profile/request.ts";
import { type Stretch, Stretches } from "../profile/stretches.ts";
import type { Microseconds } from "../units.ts";
import { EndedNames } from "./ended_names.ts";

/** Routes told apart in `after`; the time of all others is added up. */
const MOST_ROUTES = 1000;
const OTHER_ROUTES = "(other)";

export class Holds {
  /** Time that requests left running after they had ended, by method and route. */
  readonly after = new Map<string, Microseconds>();
  readonly names = new EndedNames();
  readonly #stretches = new Stretches();
  readonly #idOf: (seq: number) => string;

  /** `idOf` makes the id of a request of its number. */
  constructor(idOf: (seq: number) => string) {
    this.#idOf = idOf;
  }

  /** Takes the stretches of a window; gives those that are sound. */
  add(stretches: readonly number[]): Stretch[] {
    return this.#stretches.add(stretches);
  }

  /** Books what belongs to requests that have ended, all of which are named. */
  addAfter(stretches: readonly Stretch[]): void {
    for (const { seq, time } of stretches) {
      const name = seq < 0 ? this.names.of(-seq) : undefined;
      if (name === undefined) continue;
      const key = this.after.has(name) || this.after.size < MOST_ROUTES ? name : OTHER_ROUTES;
      this.after.set(key, (this.after.get(key) ?? 0) + time);
    }
  }

  /** What held up a request, in order. */
  of({ seq, startAt, duration }: RequestInfo): readonly Hold[] {
    return this.#stretches.within(startAt, startAt + duration, seq).map(
      ({ seq: by, startAt: from, time }) => {
        const id = by > 0 ? this.#idOf(by) : OUTSIDE;
        return { id, name: by > 0 ? this.names.of(by) ?? id : OUTSIDE_NAME, startAt: from, time };
      },
    );
  }

  /** Who held the event loop longest while a request may have lain in its socket; undefined where it did not, or that is not known. */
  before({ seq, startAt, queued = 0 }: RequestInfo): string | undefined {
    if (queued === 0) return undefined;
    let longest: Stretch | undefined;
    for (const one of this.#stretches.within(startAt - queued, startAt, seq)) {
      if (longest === undefined || one.time > longest.time) longest = one;
    }
    if (longest === undefined) return undefined;
    return longest.seq > 0 ? this.#idOf(longest.seq) : OUTSIDE;
  }

  /** Forgets all but `after`. */
  clear(): void {
    this.#stretches.clear();
    this.names.clear();
  }
}
