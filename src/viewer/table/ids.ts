/** A column of ids, which are a few texts with many numbers behind them: `ab12-77`. */
import { Names, Numbers } from "./columns.ts";

/** Stands where there is no number, or one that does not fit. */
const NONE = 2 ** 32 - 1;

export class Ids {
  readonly #texts = new Names<string>();
  readonly #text = new Numbers("u32");
  readonly #number = new Numbers("u32");

  set(row: number, id: string): void {
    const { text, number } = split(id);
    this.#text.set(row, this.#texts.number(text, text));
    this.#number.set(row, number);
  }

  get(row: number): string {
    const text = this.#texts.values[this.#text.get(row)]!;
    const number = this.#number.get(row);
    return number === NONE ? text : `${text}${number}`;
  }

  /** The last of the first `rows` rows that has this id; -1 if none has. */
  find(id: string, rows: number): number {
    const { text, number } = split(id);
    const known = this.#texts.known(text);
    if (known === undefined) return -1;
    const [texts, numbers] = [this.#text.values, this.#number.values];
    for (let row = rows - 1; row >= 0; row--) if (numbers[row] === number && texts[row] === known) return row;
    return -1;
  }

  reserve(rows: number): void {
    this.#text.reserve(rows);
    this.#number.reserve(rows);
  }

  forget(rows: number): void {
    this.#text.forget(rows);
    this.#number.forget(rows);
  }
}

function split(id: string): { text: string; number: number } {
  const digits = /(?:^|\D)([1-9]\d{0,9}|0)$/.exec(id)?.[1];
  const number = digits === undefined ? NONE : Number(digits);
  return number < NONE
    ? { text: id.slice(0, id.length - digits!.length), number }
    : { text: id, number: NONE };
}
