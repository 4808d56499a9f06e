// https://docs.python.org/3/library/string.html#format-string-syntax
/**
 * Lookups in a field (`{path[0]}`, `{date.year}`), as far as they make sense in a name: a character of a str by its
 * index from 0, the fields of a datetime, the parts that Python gives every number. What Python would print as a method or
 * a type is refused.
 */
import { decimalValue } from "./format_spec.ts";
import type { Lookup } from "./parse_format.ts";
import { type DateTime, FormatStringError, type Value } from "./values.ts";

const DATE_FIELDS = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;

/** Follows lookups from a value; `name` is the field's, for the reason of a refusal. */
export function lookUp(value: Value, lookups: readonly Lookup[], name: string): Value {
  let found = value;
  for (const lookup of lookups) {
    found = lookup.kind === "index"
      ? characterAt(found, lookup.name, name)
      : attribute(found, lookup.name, name);
  }
  return found;
}

function characterAt(value: Value, index: string, name: string): string {
  if (typeof value !== "string") throw new FormatStringError(`field "${name}" has no parts for "[${index}]"`);
  let place = 0;
  for (const char of index) {
    const digit = decimalValue(char);
    if (digit < 0) throw new FormatStringError(`"[${index}]" of field "${name}" is no index`);
    place = place * 10 + digit;
  }
  const char = [...value][place];
  if (char === undefined) throw new FormatStringError(`field "${name}" may have no character "[${index}]"`);
  return char;
}

function attribute(value: Value, attribute: string, name: string): Value {
  const found = typeof value === "object" ? dateField(value, attribute) : numberPart(value, attribute);
  if (found === undefined) throw new FormatStringError(`field "${name}" has no ".${attribute}"`);
  return found;
}

function dateField(date: DateTime, attribute: string): Value | undefined {
  const field = DATE_FIELDS.find((known) => known === attribute);
  return field && BigInt(date[field]);
}

function numberPart(value: string | bigint | number, attribute: string): Value | undefined {
  if (typeof value === "string") return undefined;
  const isInt = typeof value === "bigint";
  if (attribute === "real") return value;
  if (attribute === "imag") return isInt ? 0n : 0;
  if (isInt && attribute === "numerator") return value;
  if (isInt && attribute === "denominator") return 1n;
  return undefined;
}
