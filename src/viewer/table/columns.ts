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

  set(row: number, value: number): void {
    if (row >= this.values.length) {
      const grown = new arrayOf[this.#kind](row + Math.max(STEP, row >> 3));
      grown.set(this.values);
      this.values = grown;
    }
    this.values[row] = value;
  }

  get(row: number): number {
    return this.values[row]!;
  }

  /** The rows from here on become the first. */
  drop(rows: number): void {
    this.values.copyWithin(0, rows);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A column of texts, most of them different: as bytes, one after another. */
export class Texts {
  #bytes = new Uint8Array(0);
  readonly #ends = new Numbers("f64");

  set(row: number, text: string): void {
    const start = this.#startOf(row);
    const most = start + 3 * text.length;
    if (most > this.#bytes.length) {
      const grown = new Uint8Array(most + Math.max(64 * STEP, this.#bytes.length >> 3));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start));
    this.#ends.set(row, start + written);
  }

  get(row: number): string {
    return decoder.decode(this.#bytesOf(row));
  }

  /** Its length in bytes. */
  length(row: number): number {
    return this.#ends.get(row) - this.#startOf(row);
  }

  /** As bytes, which is the order of code points. */
  compare(a: number, b: number): number {
    const [one, other] = [this.#bytesOf(a), this.#bytesOf(b)];
    const common = Math.min(one.length, other.length);
    for (let i = 0; i < common; i++) {
      const difference = one[i]! - other[i]!;
      if (difference !== 0) return difference;
    }
    return one.length - other.length;
  }

  drop(rows: number): void {
    const start = this.#startOf(rows);
    this.#bytes.copyWithin(0, start);
    this.#ends.drop(rows);
    const ends = this.#ends.values;
    for (let i = 0; i < ends.length; i++) ends[i]! -= start;
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : this.#ends.get(row - 1);
  }

  #bytesOf(row: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(row), this.#ends.get(row));
  }
}

/** Values told apart by a key; a column holds their numbers. */
export class Names<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #most: number;
  readonly #rest: T | undefined;

  /** Once there are `most` values, all new ones are `rest`. */
  constructor(most = Infinity, rest?: T) {
    this.#most = most;
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
