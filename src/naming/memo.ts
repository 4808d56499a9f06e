/** Longer texts are not remembered (in UTF-16 units), */
const LONGEST = 500;
/** nor more of them than these. */
const PLACES = 2048;

/**
 * What was found out for a text, for some thousand of them. Each text has one place, from which a new one pushes the one before: so it costs
 * little also where every text is new, as the targets of a server's requests may be.
 */
export class Memo<V> {
  readonly #texts = new Array<string | undefined>(PLACES).fill(undefined);
  readonly #values = new Array<V | undefined>(PLACES).fill(undefined);

  get(text: string): V | undefined {
    const place = placeOf(text);
    return this.#texts[place] === text ? this.#values[place] : undefined;
  }

  set(text: string, value: V): void {
    if (text.length > LONGEST) return;
    const place = placeOf(text);
    this.#texts[place] = text;
    this.#values[place] = value;
  }
}

/** By a few of its characters: the last ones differ most often. */
function placeOf(text: string): number {
  const { length } = text;
  let hash = length;
  for (let i = Math.max(0, length - 6); i < length; i++) hash = hash * 31 + text.charCodeAt(i) | 0;
  for (let i = length >> 3; i < length - 6; i += 1 + (length >> 2)) hash = hash * 31 + text.charCodeAt(i) | 0;
  return (hash ^ hash >>> 11) & (PLACES - 1);
}
