/** Of any number of requests those with most of something. */
import type { IndexEntry } from "../store/entry.ts";

export class MostOf {
  readonly #most: number;
  /** The one with most first. */
  readonly #kept: { readonly value: number; readonly entry: IndexEntry }[] = [];

  /** So many are kept; of equal ones the first. */
  constructor(most: number) {
    this.#most = most;
  }

  get entries(): IndexEntry[] {
    return this.#kept.map(({ entry }) => entry);
  }

  /** Adds a request with so much of it. */
  add(value: number, entry: () => IndexEntry): void {
    const kept = this.#kept;
    if (this.#most === 0 || value <= (kept[this.#most - 1]?.value ?? -Infinity)) return;
    let place = kept.length;
    while (place > 0 && kept[place - 1]!.value < value) place--;
    kept.splice(place, 0, { value, entry: entry() });
    if (kept.length > this.#most) kept.pop();
  }
}
