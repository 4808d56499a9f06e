/** Values by the bytes that they were made of: most lines of an index have the route and the function of others. Pure. */

/** So many are remembered. */
const MOST = 10_000;

interface Known<V> {
  readonly bytes: Uint8Array;
  readonly value: V;
}

/** To look up bytes takes no text, and what is remembered keeps none of what was read. */
export class KnownBytes<V> {
  readonly #make: (bytes: Buffer) => V;
  readonly #known = new Map<number, Known<V>>();

  /** `make` makes the value of bytes that are not known. */
  constructor(make: (bytes: Buffer) => V) {
    this.#make = make;
  }

  get(bytes: Buffer, from: number, to: number): V {
    const hash = hashOf(bytes, from, to);
    const known = this.#known.get(hash);
    if (known !== undefined && isSame(known.bytes, bytes, from, to)) return known.value;
    if (this.#known.size >= MOST) this.#known.clear();
    const own = Buffer.from(bytes.subarray(from, to));
    const value = this.#make(own);
    this.#known.set(hash, { bytes: own, value });
    return value;
  }
}

/** FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, cut to what V8 has as a small integer. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash & 0x3fffffff;
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}
