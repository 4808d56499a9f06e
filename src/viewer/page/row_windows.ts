/** The rows of a list of any length: only what is in sight, and what was lately, is held. */
import type { Row, Rows } from "../api.ts";

/** Rows that are asked for at a time: more than a screen has, few enough that an answer is read between two frames. */
const SIZE = 60;
/** Windows that are kept; each is some 30 kB. */
const MOST_WINDOWS = 100;
/** So many windows on each side of those in sight are asked for, too, so that who scrolls finds them there. */
const AHEAD = 2;

/** The question for a window. */
export function windowAsked(number: number): { readonly from: number; readonly count: number } {
  return { from: number * SIZE, count: SIZE };
}

export class RowWindows {
  /** The newest answer without its rows: how many match, and their sums. */
  summary: Omit<Rows, "rows"> | undefined;
  error: Error | undefined;
  readonly #ask: (window: ReturnType<typeof windowAsked>) => Promise<Rows>;
  readonly #changed: () => void;
  /** By their number; the version says of which state of the run they are. */
  readonly #windows = new Map<number, { readonly version: number; readonly rows: readonly Row[] }>();
  readonly #asked = new Set<number>();
  /** Those in sight, from and to. */
  #sight: readonly [number, number] = [0, 0];
  #version = 0;
  #isOver = false;

  constructor(ask: (window: ReturnType<typeof windowAsked>) => Promise<Rows>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** A row; undefined while it is not known. */
  row(index: number): Row | undefined {
    return this.#windows.get(Math.floor(index / SIZE))?.rows[index % SIZE];
  }

  /** Where a row is that may have moved, as others came before it: undefined if it is in none of the windows that are held. */
  indexOf(id: string): number | undefined {
    for (const [number, { rows }] of this.#windows) {
      const at = rows.findIndex((it) => it.id === id);
      if (at >= 0) return number * SIZE + at;
    }
    return undefined;
  }

  /**
   * These rows are in sight: asks for those that are not known, or have been before the run's newest version; then for those
   * beyond them that are not known.
   */
  show(first: number, last: number, version: number): void {
    this.#version = version;
    const [from, to] = this.#sight = [Math.floor(first / SIZE), Math.floor(last / SIZE)];
    for (let number = from; number <= to; number++) {
      if (this.#windows.get(number)?.version !== version) void this.#load(number);
    }
    const end = Math.min(to + AHEAD, Math.ceil((this.summary?.matching ?? 0) / SIZE) - 1);
    for (let number = Math.max(from - AHEAD, 0); number <= end; number++) {
      if (!this.#windows.has(number)) void this.#load(number);
    }
  }

  /** No answer is wanted any more. */
  end(): void {
    this.#isOver = true;
  }

  async #load(number: number): Promise<void> {
    if (this.#asked.has(number) || this.#isOver) return;
    this.#asked.add(number);
    const version = this.#version;
    let isSeen = false;
    try {
      const { rows, ...summary } = await this.#ask(windowAsked(number));
      isSeen ||= summary.matching !== this.summary?.matching;
      this.summary = summary;
      this.error = undefined;
      this.#windows.delete(number);
      this.#windows.set(number, { version, rows });
      for (const [oldest] of this.#windows) {
        if (this.#windows.size <= MOST_WINDOWS) break;
        this.#windows.delete(oldest);
      }
    } catch (error) {
      this.error = error as Error;
      isSeen = true;
    } finally {
      this.#asked.delete(number);
      isSeen ||= number >= this.#sight[0] && number <= this.#sight[1];
      if (isSeen && !this.#isOver) this.#changed();
      // The run has changed since this was asked.
      if (isSeen && version !== this.#version && this.error === undefined) void this.#load(number);
    }
  }
}
