/** Rows that come into sight with one frame: no more than the frame has time for. */
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { Row } from "../api.ts";

/** New rows that a frame draws at most, and at least. */
const MOST_NEW = 10;
const LEAST_NEW = 2;
/** A frame that took longer, in milliseconds, was too much: a person feels 50. */
const LONG = 30;

/** How many new rows a frame may draw. It learns from how long frames take, which a busy machine does not tell beforehand. Pure. */
export class FrameBudget {
  #most = MOST_NEW;

  get rows(): number {
    return Math.floor(this.#most);
  }

  /** A frame that drew new rows took so many milliseconds, from its first line of script until it was out. */
  took(time: number): void {
    this.#most = time > LONG
      ? Math.max(LEAST_NEW, this.#most / 2)
      : Math.min(MOST_NEW, this.#most + (MOST_NEW - LEAST_NEW) / 16);
  }
}

/** The rows, of which only so many come into sight with one frame; the caller is rendered again for the others. */
export function useInParts(
  items: readonly { readonly index: number; readonly row: Row | undefined }[],
): (Row | undefined)[] {
  const [, rendered] = useReducer((times: number, _: void) => times + 1, 0);
  const filled = useRef<ReadonlySet<number>>(new Set());
  const budget = useRef(new FrameBudget()).current;
  /** The next part is drawn by the callback of a frame, and is out with it. */
  const isInFrame = useRef(false);
  const beganAt = performance.now();
  const now = new Set<number>();
  let added = 0;
  const shown = items.map(({ index, row }) => {
    if (row === undefined) return undefined;
    if (!filled.current.has(index) && ++added > budget.rows) return undefined;
    now.add(index);
    return row;
  });
  filled.current = now;
  const isMore = added > budget.rows;
  useLayoutEffect(() => {
    if (added === 0) return;
    // What a frame's callback puts off runs when the frame is out.
    const whenOut = () => void setTimeout(() => budget.took(performance.now() - beganAt));
    if (isInFrame.current) whenOut();
    else requestAnimationFrame(whenOut);
    isInFrame.current = false;
  });
  useEffect(() => {
    if (!isMore) return;
    const frame = requestAnimationFrame(() => {
      isInFrame.current = true;
      rendered();
    });
    return () => cancelAnimationFrame(frame);
  });
  return shown;
}
