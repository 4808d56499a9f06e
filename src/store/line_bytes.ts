/** Lines of JSON as bytes of UTF-8, one after another in memory that is used again: no text is put together, copied and forgotten for them. */
import type { Bytes } from "../units.ts";

const FIRST: Bytes = 64 * 1024;
/** More memory than this is given back once it is empty. */
const MOST_KEPT: Bytes = 4 * 1024 * 1024;
const [NEWLINE, QUOTE, BACKSLASH, ZERO, POINT] = [10, 34, 92, 48, 46];
/** Whole numbers up to here are written digit by digit. */
const LARGEST = 2 ** 31;
/** A character of UTF-16 takes three bytes at most. */
const WIDEST = 3;

export class LineBytes {
  #bytes = Buffer.allocUnsafe(FIRST);
  #length = 0;

  /** All that was written; good until more is. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > MOST_KEPT) this.#bytes = Buffer.allocUnsafe(FIRST);
  }

  /** Takes back what was written after the first `length` bytes. */
  cutTo(length: Bytes): void {
    this.#length = length;
  }

  /** Takes out the first lines. */
  dropLines(count: number): void {
    let from = 0;
    for (let i = 0; i < count; i++) from = this.#bytes.indexOf(NEWLINE, from) + 1;
    this.#bytes.copyWithin(0, from, this.#length);
    this.#length -= from;
  }

  /** A copy of what was written after the first `from` bytes. */
  since(from: Bytes): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(from, this.#length));
  }

  get length(): Bytes {
    return this.#length;
  }

  copy(bytes: Uint8Array): void {
    this.#needRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A text of ASCII, as it is. */
  plain(text: string): void {
    this.#needRoom(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  /** Any text. */
  text(text: string): void {
    this.#needRoom(WIDEST * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** A text as JSON has it. */
  quoted(text: string): void {
    this.#needRoom(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 32 || code > 126 || code === QUOTE || code === BACKSLASH) {
        return this.text(JSON.stringify(text));
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  /** A number as JSON has it. */
  number(value: number): void {
    if (value >= 0 && value < LARGEST && Math.floor(value) === value) return this.#digits(value);
    this.plain(Number.isFinite(value) ? `${value}` : "null");
  }

  /** The same for a number that mostly is so many thousandths: to find the shortest decimal fraction for it would take several times as long. */
  thousandths(value: number): void {
    const whole = Math.floor(value);
    const rest = Math.round((value - whole) * 1000);
    if (!(value >= 0 && value < LARGEST && (whole * 1000 + rest) / 1000 === value)) return this.number(value);
    this.#digits(whole);
    if (rest === 0) return;
    this.#needRoom(4);
    const bytes = this.#bytes;
    const [tenths, hundredths, last] = [Math.floor(rest / 100), Math.floor(rest / 10) % 10, rest % 10];
    bytes[this.#length++] = POINT;
    bytes[this.#length++] = ZERO + tenths;
    if (hundredths + last > 0) bytes[this.#length++] = ZERO + hundredths;
    if (last > 0) bytes[this.#length++] = ZERO + last;
  }

  #digits(value: number): void {
    this.#needRoom(10);
    const bytes = this.#bytes;
    let end = this.#length + 1;
    for (let limit = 10; value >= limit; limit *= 10) end++;
    this.#length = end;
    // `-0` is `0` from here on.
    let left = value | 0;
    do {
      const more = left / 10 | 0;
      bytes[--end] = ZERO + left - more * 10;
      left = more;
    } while (left > 0);
  }

  #needRoom(count: Bytes): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
