/** Goes along JSON in bytes. Pure. */

const [NEWLINE, QUOTE, BACKSLASH, SPACE, ZERO, POINT] = [0x0a, 0x22, 0x5c, 0x20, 0x30, 0x2e];
/** A whole number of so many digits is exact, and so is its quotient by a power of ten: https://doi.org/10.1145/93542.93557 */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, index) => 10 ** index);

/** Each step says whether what is due stands there, and goes behind it. */
export class ByteScanner {
  protected bytes: Buffer = Buffer.alloc(0);
  protected at = 0;
  /** The number that was found last. */
  protected value = 0;
  /** Where the string that was found last begins, behind its quote. */
  protected from = 0;

  protected is(expected: Uint8Array): boolean {
    const bytes = this.bytes;
    const at = this.at;
    const { length } = expected;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== expected[i]) return false;
    this.at = at + length;
    return true;
  }

  protected isEnd(): boolean {
    return this.at === this.bytes.length || this.bytes[this.at] === NEWLINE;
  }

  protected stringOf(key: Uint8Array): boolean {
    return this.is(key) && this.string();
  }

  protected amountOf(key: Uint8Array): boolean {
    return this.is(key) && this.amount();
  }

  /** A string without escapes. */
  protected string(): boolean {
    const bytes = this.bytes;
    let at = this.at;
    if (bytes[at] !== QUOTE) return false;
    this.from = ++at;
    for (;; at++) {
      const code = bytes[at];
      if (code === QUOTE) break;
      if (code === undefined || code < SPACE || code === BACKSLASH) return false;
    }
    this.at = at + 1;
    return true;
  }

  /** The string that was found last. */
  protected cut(): string {
    return this.bytes.toString("utf8", this.from, this.at - 1);
  }

  /** A number that is not negative and has no exponent. */
  protected amount(): boolean {
    const bytes = this.bytes;
    const from = this.at;
    let at = from;
    let value = 0;
    let point = 0;
    for (;; at++) {
      const code = bytes[at]!;
      if (code >= ZERO && code < ZERO + 10) value = 10 * value + code - ZERO;
      else if (code === POINT && point === 0 && at > from) point = at;
      else break;
    }
    const decimals = point === 0 ? 0 : at - point - 1;
    const whole = point === 0 ? at - from : point - from;
    if (whole === 0 || whole + decimals > MOST_DIGITS || point > 0 && decimals === 0) return false;
    if (whole > 1 && bytes[from] === ZERO) return false;
    this.value = decimals === 0 ? value : value / POWERS[decimals]!;
    this.at = at;
    return true;
  }
}
