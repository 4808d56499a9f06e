// https://docs.python.org/3/library/stdtypes.html#str.format
/** `str.format` with named fields. */
import { convert, formatValue } from "./format_value.ts";
import { lookUp } from "./look_up.ts";
import type { Field, Part } from "./parse_format.ts";
import { strftime } from "./strftime.ts";
import { type DateTime, FormatStringError, type Value, type Values } from "./values.ts";

/** Options of `formatParts`. */
export interface FormatOptions {
  /** Instead of throwing, write a value as `str` does where its field cannot be formatted as asked. */
  readonly lenient?: boolean;
}

/**
 * Fills in a format string. The result comes in the pieces between the `/` that the format string itself has, in its
 * text or in the format of a date; joined by `/` they are what CPython gives. Throws a `FormatStringError` with the position
 * of the field where CPython raises.
 */
export function formatParts(
  parts: readonly Part[],
  values: Values,
  options: FormatOptions = {},
): readonly string[] {
  const pieces = [""];
  for (const part of parts) {
    const texts = typeof part === "string" ? part.split("/") : formatField(part, values, options);
    pieces.push((pieces.pop() ?? "") + (texts[0] ?? ""), ...texts.slice(1));
  }
  return pieces;
}

function formatField(field: Field, values: Values, options: FormatOptions): readonly string[] {
  const value = valueOf(field, values);
  try {
    const found = convert(lookUp(value, field.lookups, field.name), field.conversion);
    const specs = formatParts(field.spec, values, options);
    return typeof found === "object" ? formatDate(found, specs) : [formatValue(found, specs.join("/"))];
  } catch (error) {
    if (!(error instanceof FormatStringError)) throw error;
    if (options.lenient) return [formatValue(value, "")];
    throw error.at > 0 ? error : new FormatStringError(error.message, field.at, error.hint);
  }
}

/** A date in the pieces between the `/` of its format; in one, if they are not what the whole format gives. */
function formatDate(date: DateTime, specs: readonly string[]): readonly string[] {
  const text = formatValue(date, specs.join("/"));
  const pieces = specs.map((spec) => strftime(date, spec));
  return pieces.join("/") === text ? pieces : [text];
}

function valueOf(field: Field, values: Values): Value {
  const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
  if (value !== undefined) return value;
  throw new FormatStringError(
    `unknown field "${field.name}"`,
    field.at,
    `fields are ${Object.keys(values).join(", ")}`,
  );
}
