import type { Microseconds } from "../units.ts";

/** So many are kept, the newest: ten seconds and more in which the event loop never rested. */
const MOST = 10_000;

const NONE: readonly never[] = [];

/** A time in which the event loop did one thing. */
export interface Stretch {
  /** Whose it was: 0 for what no request started, negative for what a request had started that had ended. */
  readonly seq: number;
  readonly startAt: Microseconds;
  readonly time: Microseconds;
}

/**
 * The long stretches of one process, bounded: the oldest are forgotten.
 *
 * Invariant: they are in order and apart.
 */
export class Stretches {
  #all: Stretch[] = [];

  /** Adds those of a window, `[seq, startAt, time, …]`; what is out of order is left out. */
  add(stretches: readonly number[]): Stretch[] {
    const added: Stretch[] = [];
    let end = endOf(this.#all.at(-1));
    for (let i = 0; i + 2 < stretches.length; i += 3) {
      const [seq, startAt, time] = [stretches[i]!, stretches[i + 1]!, stretches[i + 2]!];
      if (![seq, startAt, time].every(Number.isSafeInteger) || startAt < end || time < 0) continue;
      added.push({ seq, startAt, time });
      end = startAt + time;
    }
    this.#all.push(...added);
    if (this.#all.length > 2 * MOST) this.#all = this.#all.slice(-MOST);
    return added;
  }

  /** What they have of a span, but for those of the request `seq`. */
  within(startAt: Microseconds, endAt: Microseconds, seq: number): readonly Stretch[] {
    const first = this.#firstAfter(startAt);
    // So it is for most requests of a flood.
    if (first === this.#all.length || this.#all[first]!.startAt >= endAt) return NONE;
    const parts: Stretch[] = [];
    for (let i = first; i < this.#all.length; i++) {
      const one = this.#all[i]!;
      if (one.startAt >= endAt) break;
      if (one.seq === seq) continue;
      const from = Math.max(one.startAt, startAt);
      parts.push({ seq: one.seq, startAt: from, time: Math.min(endOf(one), endAt) - from });
    }
    return parts;
  }

  clear(): void {
    this.#all = [];
  }

  /** The index of the first one that ends after an instant. */
  #firstAfter(at: Microseconds): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(this.#all[middle]) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function endOf(stretch: Stretch | undefined): Microseconds {
  return stretch === undefined ? -Infinity : stretch.startAt + stretch.time;
}
