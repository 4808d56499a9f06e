/** Of any number of requests those with most of something. */
import type { IndexEntry } from "../store/entry.ts";

export class MostOf {
  readonly #most: number;
  readonly #value: (entry: IndexEntry) => number;
  /** The one with most first. */
  readonly entries: IndexEntry[] = [];

  /** `most` are kept, those with the highest `value`; of equal ones the first. */
  constructor(most: number, value: (entry: IndexEntry) => number) {
    this.#most = most;
    this.#value = value;
  }

  add(entry: IndexEntry): void {
    const value = this.#value(entry);
    const last = this.entries[this.#most - 1];
    if (this.#most === 0 || last !== undefined && value <= this.#value(last)) return;
    let place = this.entries.length;
    while (place > 0 && this.#value(this.entries[place - 1]!) < value) place--;
    this.entries.splice(place, 0, entry);
    if (this.entries.length > this.#most) this.entries.pop();
  }
}
