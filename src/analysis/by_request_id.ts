/**
 * A map by the ids of requests. An id is its process's and the request's number in it, `3ad6cc28-17`: to look up a number takes a fraction
 * of what it takes to look up a text that was just read, and keeps no text.
 */
export class ByRequestId<V> {
  size = 0;
  readonly #processes = new Map<string, Map<number, V>>();
  get(id: string): V | undefined {
    const { process, number } = split(id);
    return this.#processes.get(process)?.get(number);
  }

  set(id: string, value: V): void {
    const { process, number } = split(id);
    let own = this.#processes.get(process);
    if (own === undefined) this.#processes.set(process, own = new Map());
    this.size -= own.size;
    own.set(number, value);
    this.size += own.size;
  }

  /** Gives what was there. */
  claim(id: string): V | undefined {
    if (this.size === 0) return undefined;
    const { process, number } = split(id);
    const own = this.#processes.get(process);
    const value = own?.get(number);
    if (own === undefined || value === undefined) return undefined;
    own.delete(number);
    if (own.size === 0) this.#processes.delete(process);
    this.size--;
    return value;
  }
}

/** The id that was split last: who looks up the same in several maps splits it once. */
const last = { id: "", process: "", number: -1 };

/** An id that was not made so is a process of its own. */
function split(id: string): typeof last {
  if (id === last.id) return last;
  let [number, unit, from] = [0, 1, id.length];
  for (; from > 0; from--) {
    const digit = id.charCodeAt(from - 1) - ZERO;
    if (digit < 0 || digit > 9) break;
    number += digit * unit;
    unit *= 10;
  }
  const isNumbered = id[from - 1] === "-" && from < id.length && id[from] !== "0" &&
    id.length - from <= MOST_DIGITS;
  const end = isNumbered ? from - 1 : id.length;
  if (end !== last.process.length || !id.startsWith(last.process)) last.process = id.slice(0, end);
  last.id = id;
  last.number = isNumbered ? number : -1;
  return last;
}

const ZERO = 48;
const MOST_DIGITS = 15;
