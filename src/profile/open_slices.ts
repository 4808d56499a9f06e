import type { Microseconds } from "../units.ts";
import { StackMap } from "./merge.ts";
import type { Slice } from "./slice.ts";
import { Tables } from "./tables.ts";

/** Tables smaller than this are never built anew. */
const SMALL = 20_000;

/** What of a request's samples is kept: see `Samples`. */
interface Kept {
  readonly stack: number[];
  readonly startAt: Microseconds[];
  readonly time: Microseconds[];
}

/**
 * The slices of requests that stay open, without the windows that they were cut from: a window's tables are much larger than
 * a request's part of them, and a request may stay open for days.
 *
 * All requests share the same tables, so that one costs little more than its samples, and a window is added in time that
 * does not depend on how long its requests have been open. Tables that have come to hold mostly stacks of requests
 * that are gone are built anew.
 */
export class OpenSlices {
  #tables = new Tables();
  #limit = SMALL;
  readonly #kept = new Map<number, Kept>();

  /** How many requests have samples here. */
  get size(): number {
    return this.#kept.size;
  }

  /** How many stacks the tables hold. */
  get stackCount(): number {
    return this.#tables.stacks.parent.length;
  }

  /** Adds slices of one window, by the `seq` of their request. */
  add(slices: ReadonlyMap<number, Slice>): void {
    if (slices.size === 0) return;
    if (this.stackCount > this.#limit) this.#rebuild();
    let map: StackMap | undefined;
    for (const [seq, { window, ranges }] of slices) {
      map ??= new StackMap(window, this.#tables);
      const kept = this.#of(seq);
      for (let r = 0; r < ranges.length; r += 2) {
        for (let i = ranges[r]!; i < ranges[r + 1]!; i++) {
          kept.stack.push(map.get(window.samples.stack[i]!));
          kept.startAt.push(window.samples.startAt[i]!);
          kept.time.push(window.samples.time[i]!);
        }
      }
    }
  }

  /** What was kept of a request, as one slice, and nothing of it any more. */
  release(seq: number): Slice | undefined {
    const samples = this.#kept.get(seq);
    if (samples === undefined) return undefined;
    this.#kept.delete(seq);
    const { frames, stacks } = this.#tables;
    const count = samples.stack.length;
    const startAt = samples.startAt[0] ?? 0;
    const endAt = (samples.startAt[count - 1] ?? 0) + (samples.time[count - 1] ?? 0);
    // Whoever takes the last one takes the tables with it.
    if (this.#kept.size === 0) this.clear();
    return { window: { frames, stacks, samples, startAt, endAt }, ranges: [0, count] };
  }

  /** Forgets the requests that have been here longest, until there are no more than `most`. */
  limit(most: number): void {
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= most) return;
      this.#kept.delete(seq);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#kept.clear();
    this.#tables = new Tables();
    this.#limit = SMALL;
  }

  #of(seq: number): Kept {
    let kept = this.#kept.get(seq);
    if (kept === undefined) this.#kept.set(seq, kept = { stack: [], startAt: [], time: [] });
    return kept;
  }

  #rebuild(): void {
    const { frames, stacks } = this.#tables;
    this.#tables = new Tables();
    const map = new StackMap({ frames, stacks }, this.#tables);
    for (const { stack } of this.#kept.values()) {
      for (let i = 0; i < stack.length; i++) stack[i] = map.get(stack[i]!);
    }
    this.#limit = Math.max(SMALL, 2 * this.stackCount);
  }
}
