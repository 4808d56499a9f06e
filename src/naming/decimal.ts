/** Doubles as decimal digits: exact, and rounded half to even on the exact value, at any number of digits. */

/** The decimal value 0.`digits` times ten to the power `point`. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const bits = new BigUint64Array(1);
const double = new Float64Array(bits.buffer);

/** No double has more digits than this behind its point, nor more than this in all. */
const MAX_DIGITS = 1100;

/** `value` times ten to the power `places`, rounded to a whole number; for finite values not below zero. */
export function scaled(value: number, places: number): bigint {
  double[0] = value;
  const word = bits[0] ?? 0n;
  const biased = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  let numerator = biased === 0 ? fraction : fraction | 0x10000000000000n;
  let denominator = 1n;
  const exponent = Math.max(biased, 1) - 1075;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (places >= 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** Whole part and fraction of a finite value not below zero, with so many digits behind the point. */
export function fixed(value: number, places: number): { whole: string; fraction: string } {
  const exact = Math.min(places, MAX_DIGITS);
  const digits = scaled(value, exact).toString().padStart(exact + 1, "0");
  const border = digits.length - exact;
  return { whole: digits.slice(0, border), fraction: digits.slice(border).padEnd(places, "0") };
}

/** A finite value not below zero in so many significant digits, at least one. */
export function significant(value: number, count: number): Decimal {
  if (value === 0) return { digits: "0".repeat(count), point: 1 };
  const exact = Math.min(count, MAX_DIGITS);
  // The shortest form may have been rounded up to the next power of ten.
  let point = shortest(value).point - 1;
  let digits = scaled(value, exact - point).toString();
  if (digits.length > exact) digits = scaled(value, exact - ++point).toString();
  if (digits.length > exact) {
    digits = digits.slice(0, exact);
    point++;
  }
  return { digits: digits.padEnd(count, "0"), point };
}

/** The fewest digits that still name this finite value not below zero, as `repr` finds them. */
export function shortest(value: number): Decimal {
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}
