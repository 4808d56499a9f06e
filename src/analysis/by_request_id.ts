/**
 * A map by the ids of requests. An id is its process's and the request's number in it, `3ad6cc28-17`: to look up a number takes a fraction
 * of what it takes to look up a text that was just read, and keeps no text.
 */
export class ByRequestId<V> {
  size = 0;
  readonly #processes = new Map<string, Map<number, V>>();
  /** What `#split` has found. */
  #process = "";
  #number = 0;

  get(id: string): V | undefined {
    this.#split(id);
    return this.#processes.get(this.#process)?.get(this.#number);
  }

  set(id: string, value: V): void {
    this.#split(id);
    let own = this.#processes.get(this.#process);
    if (own === undefined) this.#processes.set(this.#process, own = new Map());
    this.size -= own.size;
    own.set(this.#number, value);
    this.size += own.size;
  }

  /** Gives what was there. */
  claim(id: string): V | undefined {
    this.#split(id);
    const own = this.#processes.get(this.#process);
    const value = own?.get(this.#number);
    if (own === undefined || value === undefined) return undefined;
    own.delete(this.#number);
    if (own.size === 0) this.#processes.delete(this.#process);
    this.size--;
    return value;
  }

  /** An id that was not made so is a process of its own. */
  #split(id: string): void {
    let [number, unit, from] = [0, 1, id.length];
    for (; from > 0; from--) {
      const digit = id.charCodeAt(from - 1) - ZERO;
      if (digit < 0 || digit > 9) break;
      number += digit * unit;
      unit *= 10;
    }
    const isNumbered = id[from - 1] === "-" && from < id.length && id[from] !== "0" &&
      id.length - from <= MOST_DIGITS;
    this.#number = isNumbered ? number : -1;
    const end = isNumbered ? from - 1 : id.length;
    if (end !== this.#process.length || !id.startsWith(this.#process)) this.#process = id.slice(0, end);
  }
}

const ZERO = 48;
const MOST_DIGITS = 15;
