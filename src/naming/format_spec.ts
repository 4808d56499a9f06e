// https://docs.python.org/3/library/string.html#formatspec as CPython 3.11 reads it (Python/formatter_unicode.c).
/** The format specification mini-language: the text behind the `:` of a replacement field. */
import { FormatStringError } from "./values.ts";

/** A format specification, read but not yet checked against the type of a value. */
export interface FormatSpec {
  readonly fill: string;
  readonly align: "<" | ">" | "=" | "^";
  readonly sign: "" | "+" | "-" | " ";
  /** `z`: a zero loses its minus sign. */
  readonly plainZero: boolean;
  /** `#`: the alternate form. */
  readonly alternate: boolean;
  /** In characters; -1 if not given. */
  readonly width: number;
  readonly grouping: "" | "," | "_";
  /** -1 if not given. */
  readonly precision: number;
  /** One character; empty for none given where the value's type has no default. */
  readonly type: string;
}

/** What a value's type puts where a specification says nothing. */
export interface SpecDefaults {
  readonly type: string;
  readonly align: "<" | ">";
}

/** The widest field and the highest precision served: CPython goes as far as the memory does. */
export const MAX_WIDTH = 2 ** 22;

const GROUPED_BY_COMMA = new Set(["", "d", "e", "E", "f", "F", "g", "G", "%"]);
const GROUPED_BY_UNDERSCORE = new Set([...GROUPED_BY_COMMA, "b", "o", "x", "X"]);

/** Reads a format specification; throws a `FormatStringError` if it is none. */
export function parseFormatSpec(text: string, defaults: SpecDefaults): FormatSpec {
  const chars = [...text];
  let at = 0;

  function take(...wanted: string[]): string {
    const char = chars[at];
    if (char === undefined || !wanted.includes(char)) return "";
    at++;
    return char;
  }

  function takeInteger(): number {
    let value = -1;
    for (let digit = decimalValue(chars[at]); digit >= 0; digit = decimalValue(chars[++at])) {
      value = Math.max(value, 0) * 10 + digit;
      if (value > MAX_WIDTH) throw new FormatStringError(`width or precision over ${MAX_WIDTH} in "${text}"`);
    }
    return value;
  }

  let fill = " ";
  let align = "";
  if (isAlign(chars[1])) {
    fill = chars[0] ?? fill;
    align = chars[1] ?? "";
    at = 2;
  } else {
    align = take("<", ">", "=", "^");
  }
  const fillGiven = at === 2;
  const sign = take("+", "-", " ") as FormatSpec["sign"];
  const plainZero = take("z") !== "";
  const alternate = take("#") !== "";
  if (!fillGiven && take("0")) {
    fill = "0";
    if (!align && defaults.align === ">") align = "=";
  }
  const width = takeInteger();
  const grouping = take(",", "_") as FormatSpec["grouping"];
  if (grouping && (chars[at] === "," || chars[at] === "_")) {
    throw new FormatStringError(`two thousands separators in "${text}"`);
  }
  let precision = -1;
  if (take(".")) {
    precision = takeInteger();
    if (precision < 0) throw new FormatStringError(`no digits after "." in "${text}"`);
  }
  if (chars.length - at > 1) throw new FormatStringError(`invalid format specification "${text}"`);
  const type = chars[at] ?? defaults.type;
  const groupable = grouping === "_" ? GROUPED_BY_UNDERSCORE : GROUPED_BY_COMMA;
  if (grouping && !groupable.has(type)) {
    throw new FormatStringError(`"${grouping}" does not go with type "${type}"`);
  }
  return {
    fill,
    align: (align || defaults.align) as FormatSpec["align"],
    sign,
    plainZero,
    alternate,
    width,
    grouping,
    precision,
    type,
  };
}

/** The value of a decimal digit of any script, as Python's `int()` takes them; -1 for what is no such digit. */
export function decimalValue(char: string | undefined): number {
  if (char === undefined) return -1;
  if (char <= "\x7f") return char >= "0" && char <= "9" ? Number(char) : -1;
  if (!isDecimal(char)) return -1;
  // Unicode keeps the ten digits of a script together, zero first.
  const code = char.codePointAt(0) ?? 0;
  let first = code;
  while (isDecimal(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}

function isDecimal(char: string): boolean {
  return /^\p{Nd}$/u.test(char);
}

function isAlign(char: string | undefined): boolean {
  return char === "<" || char === ">" || char === "=" || char === "^";
}
