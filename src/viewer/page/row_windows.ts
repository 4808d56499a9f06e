/** The rows of a list of any length: only what is in sight, and what was lately, is held. */
import type { Row, Rows } from "../api.ts";

/** Rows that are asked for at a time. */
const SIZE = 200;
/** Windows that are kept; each is some 100 kB. */
const MOST_WINDOWS = 40;

export class RowWindows {
  /** The newest answer without its rows: how many match, and their sums. */
  summary: Omit<Rows, "rows"> | undefined;
  error: Error | undefined;
  readonly #ask: (from: number, count: number) => Promise<Rows>;
  readonly #changed: () => void;
  /** By their number; the version says of which state of the run they are. */
  readonly #windows = new Map<number, { readonly version: number; readonly rows: readonly Row[] }>();
  readonly #asked = new Set<number>();
  #version = 0;
  #isOver = false;

  constructor(ask: (from: number, count: number) => Promise<Rows>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** A row; undefined while it is not known. */
  row(index: number): Row | undefined {
    return this.#windows.get(Math.floor(index / SIZE))?.rows[index % SIZE];
  }

  /** These rows are in sight: asks for those that are not known, or have been before the run's newest version. */
  show(first: number, last: number, version: number): void {
    this.#version = version;
    for (let number = Math.floor(first / SIZE); number <= Math.floor(last / SIZE); number++) {
      if (this.#windows.get(number)?.version !== version) void this.#load(number);
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
    try {
      const { rows, ...summary } = await this.#ask(number * SIZE, SIZE);
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
    } finally {
      this.#asked.delete(number);
      if (!this.#isOver) this.#changed();
    }
  }
}
