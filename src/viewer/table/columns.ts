/** Columns that grow: of numbers, of texts, and of values that occur again and again. */

/** Rows by which a column grows at least: much slack would be much memory. */
const STEP = 16_384;

interface NumberArrays {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  readonly u16: Uint16Array;
  readonly u8: Uint8Array;
}

const arrayOf: { readonly [Kind in keyof NumberArrays]: new (length: number) => NumberArrays[Kind] } = {
  f64: Float64Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
};

/** A column of numbers. */
export class Numbers<Kind extends keyof NumberArrays = "f64"> {
  readonly #kind: Kind;
  /** Longer than there are rows. */
  values: NumberArrays[Kind];

  constructor(kind: Kind) {
    this.#kind = kind;
    this.values = new arrayOf[kind](0);
  }

  /** Makes room for so many rows: to grow step by step takes as much again. */
  reserve(rows: number): void {
    if (rows <= this.values.length) return;
    const grown = new arrayOf[this.#kind](rows);
    grown.set(this.values);
    this.values = grown;
  }

  set(row: number, value: number): void {
    if (row >= this.values.length) this.reserve(row + Math.max(STEP, row >> 3));
    this.values[row] = value;
  }

  get(row: number): number {
    return this.values[row]!;
  }

  /** The rows from here on become the first. */
  forget(rows: number): void {
    this.values.copyWithin(0, rows);
  }
}

/** Stands for a value that does not fit. */
const LARGE = 2 ** 32 - 1;

/** A column of whole numbers, most of them below 2^32: as microseconds that is 71 minutes. */
export class Amounts {
  readonly #column = new Numbers("u32");
  readonly #large = new Map<number, number>();

  reserve(rows: number): void {
    this.#column.reserve(rows);
  }

  set(row: number, value: number): void {
    if (value >= LARGE) this.#large.set(row, value);
    this.#column.set(row, Math.min(value, LARGE));
  }

  get(row: number): number {
    const value = this.#column.values[row]!;
    return value === LARGE ? this.#large.get(row) ?? value : value;
  }

  forget(rows: number): void {
    this.#column.forget(rows);
    const large = [...this.#large];
    this.#large.clear();
    for (const [row, value] of large) if (row >= rows) this.#large.set(row - rows, value);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Longer texts are cut, so that all of them have fewer than 2^32 bytes. */
const LONGEST_TEXT = 2000;

/** A column of texts, most of them different: as bytes, one after another. */
export class Texts {
  #bytes = new Uint8Array(0);
  readonly #ends = new Numbers("u32");

  /** Makes room for so many rows of the mean length of those that there are, so many. */
  reserve(rows: number, known: number): void {
    this.#ends.reserve(rows);
    if (known > 0) this.#reserveBytes(Math.ceil(this.#startOf(known) / known * rows));
  }

  set(row: number, text: string): void {
    if (text === "") return this.#ends.set(row, this.#startOf(row));
    const start = this.#startOf(row);
    const most = start + 3 * Math.min(text.length, LONGEST_TEXT);
    if (most > this.#bytes.length) {
      this.#reserveBytes(most + Math.max(64 * STEP, this.#bytes.length >> 3));
    }
    const { written } = encoder.encodeInto(text.slice(0, LONGEST_TEXT), this.#bytes.subarray(start));
    this.#ends.set(row, start + written);
  }

  get(row: number): string {
    return decoder.decode(this.#bytes.subarray(this.#startOf(row), this.#ends.get(row)));
  }

  /** Its length in bytes. */
  length(row: number): number {
    return this.#ends.get(row) - this.#startOf(row);
  }

  /** As bytes, which is the order of code points. */
  compare(a: number, b: number): number {
    const bytes = this.#bytes;
    let [one, other] = [this.#startOf(a), this.#startOf(b)];
    const [oneEnd, otherEnd] = [this.#ends.get(a), this.#ends.get(b)];
    while (one < oneEnd && other < otherEnd) {
      const difference = bytes[one++]! - bytes[other++]!;
      if (difference !== 0) return difference;
    }
    return oneEnd - one - (otherEnd - other);
  }

  forget(rows: number): void {
    const start = this.#startOf(rows);
    this.#bytes.copyWithin(0, start);
    this.#ends.forget(rows);
    const ends = this.#ends.values;
    for (let i = 0; i < ends.length; i++) ends[i]! -= start;
  }

  #reserveBytes(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(length);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : this.#ends.get(row - 1);
  }
}

/** Values told apart by a key; a column holds their numbers. */
export class Names<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #most: number;
  readonly #rest: T | undefined;

  /** Once there are `most` values, all new ones are `rest`. */
  constructor(most?: number, rest?: T) {
    this.#most = most ?? Infinity;
    this.#rest = rest;
  }

  number(key: string, value: T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.values.length >= this.#most && this.#rest !== undefined) {
      const rest = this.#numbers.get("") ?? this.values.push(this.#rest) - 1;
      this.#numbers.set("", rest);
      return rest;
    }
    const number = this.values.push(value) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** The number of a value that is there; undefined if it is not. */
  known(key: string): number | undefined {
    return this.#numbers.get(key);
  }
}
