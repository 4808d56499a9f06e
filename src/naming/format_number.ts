// https://docs.python.org/3/library/string.html#formatspec as CPython 3.11 does it (Python/formatter_unicode.c).
/** Integers and floats under a format specification. */
import { type Decimal, fixed, shortest, significant } from "./decimal.ts";
import { type FormatSpec, parseFormatSpec } from "./format_spec.ts";
import { layOutNumber, pad } from "./layout.ts";
import { type Float, FormatStringError, type Int } from "./values.ts";

const FLOAT_TYPES = new Set(["e", "E", "f", "F", "g", "G", "%"]);
const BASES: Readonly<Record<string, { readonly radix: number; readonly prefix: string }>> = {
  b: { radix: 2, prefix: "0b" },
  o: { radix: 8, prefix: "0o" },
  x: { radix: 16, prefix: "0x" },
  X: { radix: 16, prefix: "0X" },
  d: { radix: 10, prefix: "" },
  n: { radix: 10, prefix: "" },
};

/** `format(value, spec)` of a Python int. */
export function formatInt(value: Int, text: string): string {
  if (text === "") return value.toString();
  const spec = parseFormatSpec(text, { type: "d", align: ">" });
  if (FLOAT_TYPES.has(spec.type)) {
    const float = Number(value);
    if (!Number.isFinite(float)) throw new FormatStringError(`int too large for float type "${spec.type}"`);
    return layOutFloat(float, spec);
  }
  if (spec.plainZero) throw new FormatStringError(`"z" does not go with an int in "${text}"`);
  if (spec.precision >= 0) throw new FormatStringError(`precision does not go with an int in "${text}"`);
  if (spec.type === "c") return formatCharacter(value, spec);
  const base = BASES[spec.type];
  if (!base) throw new FormatStringError(`unknown type "${spec.type}" for an int`);
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString(base.radix);
  return layOutNumber({
    negative,
    prefix: spec.alternate ? base.prefix : "",
    digits: spec.type === "X" ? digits.toUpperCase() : digits,
    rest: "",
  }, spec);
}

/** `format(value, spec)` of a Python float. */
export function formatFloat(value: Float, text: string): string {
  // CPython marks "no type" by a NUL, and takes one for it.
  const plain = text.endsWith("\0") ? text.slice(0, -1) : text;
  return layOutFloat(value, parseFormatSpec(plain, { type: "", align: ">" }));
}

function formatCharacter(value: Int, spec: FormatSpec): string {
  if (spec.sign) throw new FormatStringError(`a sign does not go with type "c"`);
  if (spec.alternate) throw new FormatStringError(`"#" does not go with type "c"`);
  if (value < 0n || value > 0x10ffffn) throw new FormatStringError(`${value} is no character for type "c"`);
  return pad(String.fromCodePoint(Number(value)), spec);
}

function layOutFloat(value: number, spec: FormatSpec): string {
  const written = writeFloat(spec.type === "%" ? value * 100 : value, spec);
  const split = /^\d*/.exec(written.text)?.[0].length ?? 0;
  return layOutNumber({
    negative: written.negative,
    prefix: "",
    digits: written.text.slice(0, split),
    rest: written.text.slice(split) + (spec.type === "%" ? "%" : ""),
  }, spec);
}

function writeFloat(value: number, spec: FormatSpec): { negative: boolean; text: string } {
  const type = spec.type === "n" ? "g" : spec.type.toLowerCase();
  if (!["", "e", "f", "g", "%"].includes(type)) {
    throw new FormatStringError(`unknown type "${spec.type}" for a float`);
  }
  const magnitude = Math.abs(value);
  const text = !Number.isFinite(value)
    ? Number.isNaN(value) ? "nan" : "inf"
    : type === "f" || type === "%"
    ? writeFixed(magnitude, spec)
    : writeGeneral(magnitude, type, spec);
  const isZero = Number.isFinite(value) && !/[1-9]/.test(text.replace(/e.*/, ""));
  const negative = (value < 0 || Object.is(value, -0)) && !(isZero && spec.plainZero);
  return { negative, text: /[EFG]/.test(spec.type) ? text.toUpperCase() : text };
}

function writeFixed(value: number, spec: FormatSpec): string {
  const { whole, fraction } = fixed(value, spec.precision < 0 ? 6 : spec.precision);
  return whole + (fraction || spec.alternate ? "." + fraction : "");
}

/** Types `e` and `g`, and none: `repr` without a precision; with one as `g`, but never without a digit behind the point. */
function writeGeneral(value: number, type: string, spec: FormatSpec): string {
  const isRepr = type === "" && spec.precision < 0;
  if (isRepr) {
    const decimal = shortest(value);
    return writeDecimal(decimal, {
      exponent: decimal.point <= -4 || decimal.point > 16,
      dotZero: true,
      spec,
    });
  }
  const precision = spec.precision < 0 ? 6 : spec.precision;
  if (type === "e") return writeDecimal(significant(value, precision + 1), { exponent: true, spec });
  const count = Math.max(precision, 1);
  const { digits, point } = significant(value, count);
  const dotZero = type === "";
  const decimal = { digits: spec.alternate ? digits : digits.replace(/(?!^)0+$/, ""), point };
  return writeDecimal(decimal, {
    exponent: point <= -4 || point > count - (dotZero ? 1 : 0),
    dotZero,
    spec,
  });
}

interface DecimalStyle {
  readonly exponent: boolean;
  /** Write `.0` rather than nothing behind the point. */
  readonly dotZero?: boolean;
  readonly spec: FormatSpec;
}

function writeDecimal({ digits, point }: Decimal, { exponent, dotZero, spec }: DecimalStyle): string {
  if (exponent) {
    const power = point - 1;
    const tail = (power < 0 ? "-" : "+") + String(Math.abs(power)).padStart(2, "0");
    const fraction = digits.slice(1);
    return digits.slice(0, 1) + (fraction || spec.alternate ? "." + fraction : "") + "e" + tail;
  }
  const whole = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
  const fraction = (point < 0 ? "0".repeat(-point) : "") + digits.slice(Math.max(point, 0));
  if (fraction) return `${whole}.${fraction}`;
  return whole + (dotZero ? ".0" : spec.alternate ? "." : "");
}
