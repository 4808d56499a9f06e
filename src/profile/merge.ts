import type { Microseconds } from "../units.ts";
import { IDLE, isMeta, metaFrame, PROGRAM } from "./frames.ts";
import type { Profile } from "./model.ts";
import type { Slice } from "./slice.ts";
import { Tables } from "./tables.ts";

/**
 * One profile of the slices of a request, given in the order of their windows: with its own tables that hold what its
 * samples use and nothing else. It spans its samples; `settle` makes it span the request.
 *
 * V8's `(idle)` becomes `(program)`, as something did run: see `sliceWindow`. Where windows overlap, the earlier has
 * the time, and a sample of the later that has nothing left is the same one again.
 */
export function mergeSlices(slices: readonly Slice[]): Profile {
  const tables = new Tables();
  const stack: number[] = [];
  const startAt: Microseconds[] = [];
  const time: Microseconds[] = [];
  let end = -Infinity;
  for (const { window, ranges } of slices) {
    const own = new StackMap(window, tables);
    for (let r = 0; r < ranges.length; r += 2) {
      for (let i = ranges[r]!; i < ranges[r + 1]!; i++) {
        const cellStart = window.samples.startAt[i]!;
        const cellEnd = cellStart + window.samples.time[i]!;
        if (cellEnd < end || (cellEnd === end && cellStart < end)) continue;
        const start = Math.max(cellStart, end);
        stack.push(own.get(window.samples.stack[i]!));
        startAt.push(start);
        time.push(cellEnd - start);
        end = cellEnd;
      }
    }
  }
  return {
    frames: tables.frames,
    stacks: tables.stacks,
    samples: { stack, startAt, time },
    startAt: startAt[0] ?? 0,
    endAt: startAt.length === 0 ? 0 : end,
  };
}

/** From the stacks of a window to the same stacks in a request's tables; touches only stacks that are asked for. */
export class StackMap {
  readonly #window: Pick<Profile, "frames" | "stacks">;
  readonly #tables: Tables;
  readonly #stacks = new Map<number, number>();
  readonly #path: number[] = [];

  constructor(window: Pick<Profile, "frames" | "stacks">, tables: Tables) {
    this.#window = window;
    this.#tables = tables;
  }

  get(stack: number): number {
    const { parent, frame } = this.#window.stacks;
    const path = this.#path;
    let known = stack;
    while (known >= 0 && !this.#stacks.has(known)) {
      path.push(known);
      known = parent[known]!;
    }
    let own = this.#stacks.get(known) ?? -1;
    for (let next = path.pop(); next !== undefined; next = path.pop()) {
      const top = this.#window.frames[frame[next]!]!;
      own = this.#tables.stack(own, this.#tables.frame(isMeta(top, IDLE) ? metaFrame(PROGRAM) : top));
      this.#stacks.set(next, own);
    }
    return own;
  }
}
