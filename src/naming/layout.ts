/** Padding and grouping: where the characters of a formatted value go in its field. */
import type { FormatSpec } from "./format_spec.ts";

/** A number written out, in the pieces that padding and grouping treat differently. */
export interface NumberPieces {
  readonly negative: boolean;
  /** `0x` and the like. */
  readonly prefix: string;
  /** Digits before the decimal point; empty for what has none (`inf`, a character). */
  readonly digits: string;
  /** All behind them: point, fraction, exponent, `%`; or the text that is not digits. */
  readonly rest: string;
}

/** A text's length as Python counts it: in code points. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Puts a text into a field; `=` is taken as `>`. */
export function pad(text: string, spec: FormatSpec): string {
  const missing = spec.width - lengthOf(text);
  if (missing <= 0) return text;
  const before = spec.align === "<" ? 0 : spec.align === "^" ? Math.floor(missing / 2) : missing;
  return spec.fill.repeat(before) + text + spec.fill.repeat(missing - before);
}

/** Puts a number into a field: sign, prefix, grouped digits, and zeros between them where `=` or `0` asks for it. */
export function layOutNumber(number: NumberPieces, spec: FormatSpec): string {
  const plus = spec.sign === "+" || spec.sign === " " ? spec.sign : "";
  const head = (number.negative ? "-" : plus) + number.prefix;
  const zeroFilled = spec.fill === "0" && spec.align === "=";
  const minimum = zeroFilled ? spec.width - head.length - lengthOf(number.rest) : 0;
  const tail = groupDigits(number.digits, spec, minimum) + number.rest;
  if (spec.align !== "=") return pad(head + tail, spec);
  return head + spec.fill.repeat(Math.max(0, spec.width - head.length - lengthOf(tail))) + tail;
}

/** Groups digits from the right, after filling them with zeros until the groups take up the minimum width. */
function groupDigits(digits: string, spec: FormatSpec, minimum: number): string {
  if (digits === "") return "";
  if (!spec.grouping) return digits.padStart(minimum, "0");
  const size = "boxX".includes(spec.type || "d") ? 4 : 3;
  // n digits in groups take n + ⌊(n − 1) / size⌋ characters; a field never starts with a separator.
  let count = Math.max(digits.length, Math.floor((Math.max(minimum, 1) * size + 1) / (size + 1)) - 1, 1);
  while (count + Math.floor((count - 1) / size) < minimum) count++;
  const filled = digits.padStart(count, "0");
  const first = filled.length % size || size;
  const groups = [filled.slice(0, first)];
  for (let at = first; at < filled.length; at += size) groups.push(filled.slice(at, at + size));
  return groups.join(spec.grouping);
}
