/** The rows of a list of any length: only what is in sight, and what was lately, is held. */
import type { Row, Rows, RowsQuery } from "../api.ts";

/** Rows that are asked for at a time: more than a screen has, few enough that an answer is read between two frames. */
const SIZE = 60;
/** Windows that are kept; each is some 30 kB. */
const MOST_WINDOWS = 100;
/** So many windows on each side of those in sight are asked for, too, so that who scrolls finds them there. */
const AHEAD = 2;

type WindowQuery = Pick<RowsQuery, "from" | "count" | "around">;

/** The question for a window. */
export function windowAsked(number: number): WindowQuery {
  return { from: number * SIZE, count: SIZE };
}

export class RowWindows {
  /** The newest answer without its rows: how many match, and their sums. */
  summary: Omit<Rows, "rows"> | undefined;
  error: Error | undefined;
  readonly #ask: (window: WindowQuery) => Promise<Rows>;
  readonly #changed: () => void;
  /** By their number; the version says of which state of the run they are. */
  readonly #windows = new Map<number, { readonly version: number; readonly rows: readonly Row[] }>();
  readonly #asked = new Set<number>();
  /** The last answer to where a request is; no index if it is not among these rows. */
  #place: { readonly id: string; readonly version: number; readonly index: number | undefined } | undefined;
  /** The request whose row is being asked for. */
  #located: string | undefined;
  /** Those in sight, from and to. */
  #sight: readonly [number, number] = [0, 0];
  #version = 0;
  #isOver = false;

  constructor(ask: (window: WindowQuery) => Promise<Rows>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** A row; undefined while it is not known. */
  row(index: number): Row | undefined {
    return this.#windows.get(Math.floor(index / SIZE))?.rows[index % SIZE];
  }

  /** The request of a row; undefined where what is known of the row may be old. */
  idAt(index: number): string | undefined {
    return this.#isShown(Math.floor(index / SIZE)) ? this.row(index)?.id : undefined;
  }

  /** The row of a request, which moves as others come before it; undefined while that is not known. */
  indexOf(id: string): number | undefined {
    return this.#heldAt(id) ?? (this.#place?.id === id ? this.#place.index : undefined);
  }

  /** Asks for the row of a request that has moved out of the rows in sight, once for each version of the run. */
  async locate(id: string): Promise<void> {
    if (this.#heldAt(id) !== undefined) {
      this.#place = undefined;
      return;
    }
    const version = this.#version;
    const isKnown = this.#place?.id === id && this.#place.version === version;
    if (isKnown || this.#located === id || this.#isOver) return;
    this.#located = id;
    let index: number | undefined;
    try {
      const { from, rows: [row] } = await this.#ask({ from: 0, count: 1, around: id });
      if (row?.id === id) index = from;
    } catch (error) {
      this.error = error as Error;
    }
    // Another one was asked for meanwhile.
    if (this.#located !== id) return;
    this.#located = undefined;
    this.#place = { id, version, index };
    if (!this.#isOver) this.#changed();
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

  /** Where windows of the newest version have a request, else those in sight, which stay until the newest ones come. */
  #heldAt(id: string): number | undefined {
    let shown: number | undefined;
    for (const [number, { version, rows }] of this.#windows) {
      if (!this.#isShown(number)) continue;
      const index = rows.findIndex((it) => it.id === id);
      if (index < 0) continue;
      if (version === this.#version) return number * SIZE + index;
      shown = number * SIZE + index;
    }
    return shown;
  }

  /** Whether a window is of the newest version, or in sight. */
  #isShown(number: number): boolean {
    const [from, to] = this.#sight;
    return number >= from && number <= to || this.#windows.get(number)?.version === this.#version;
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
