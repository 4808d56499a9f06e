// https://docs.python.org/3/library/stdtypes.html#str.format
/** `format`, `str`, `repr` and `ascii` of Python for every type of value. */
import { parseFormatSpec } from "./format_spec.ts";
import { formatFloat, formatInt } from "./format_number.ts";
import { pad } from "./layout.ts";
import { strftime } from "./strftime.ts";
import { type DateTime, FormatStringError, type Value } from "./values.ts";

/** How a value is turned into text before it is formatted: `!s`, `!r`, `!a`, or not at all. */
export type Conversion = "" | "s" | "r" | "a";

/** `format(value, spec)`; throws a `FormatStringError` where Python raises. */
export function formatValue(value: Value, spec: string): string {
  if (typeof value === "string") return formatText(value, spec);
  if (typeof value === "bigint") return formatInt(value, spec);
  if (typeof value === "number") return formatFloat(value, spec);
  return spec === "" ? dateText(value) : strftime(value, spec);
}

/** `str(value)`, `repr(value)` or `ascii(value)`; or the value itself. */
export function convert(value: Value, conversion: Conversion): Value {
  if (conversion === "") return value;
  if (conversion === "s") return formatValue(value, "");
  const text = typeof value === "string"
    ? quote(value)
    : typeof value === "object"
    ? dateRepr(value)
    : formatValue(value, "");
  return conversion === "a" ? text.replace(/\P{ASCII}/gu, escapeCharacter) : text;
}

function formatText(value: string, text: string): string {
  if (text === "") return value;
  const spec = parseFormatSpec(text, { type: "s", align: "<" });
  if (spec.type !== "s") throw new FormatStringError(`unknown type "${spec.type}" for a str`);
  if (spec.sign) throw new FormatStringError(`a sign does not go with a str in "${text}"`);
  if (spec.plainZero) throw new FormatStringError(`"z" does not go with a str in "${text}"`);
  if (spec.alternate) throw new FormatStringError(`"#" does not go with a str in "${text}"`);
  if (spec.align === "=") throw new FormatStringError(`"=" does not go with a str in "${text}"`);
  return pad(spec.precision < 0 ? value : [...value].slice(0, spec.precision).join(""), spec);
}

/** A string as Python's `repr` shows it. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(/[\\'"]|(?! )[\p{C}\p{Z}]/gu, (char) => {
    if (char === "\\" || char === mark) return "\\" + char;
    return char === "'" || char === '"' ? char : escapeCharacter(char);
  });
  return mark + inner + mark;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  const long = code <= 0xff
    ? "\\x" + hex.padStart(2, "0")
    : code <= 0xffff
    ? "\\u" + hex.padStart(4, "0")
    : "\\U" + hex.padStart(8, "0");
  return SHORT_ESCAPES[char] ?? long;
}

/** A datetime as `str` shows it. */
function dateText(date: DateTime): string {
  const micros = date.microsecond ? "." + String(date.microsecond).padStart(6, "0") : "";
  const day = [String(date.year).padStart(4, "0"), twoDigits(date.month), twoDigits(date.day)].join("-");
  return `${day} ${[date.hour, date.minute, date.second].map(twoDigits).join(":")}${micros}`;
}

function dateRepr(date: DateTime): string {
  const parts = [date.year, date.month, date.day, date.hour, date.minute];
  if (date.second || date.microsecond) parts.push(date.second);
  if (date.microsecond) parts.push(date.microsecond);
  return `datetime.datetime(${parts.join(", ")})`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
