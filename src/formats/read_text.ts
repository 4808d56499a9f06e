/** What readers of foreign files share: bytes to text and JSON, one clear sentence on failure. */
import { FormatError } from "./format.ts";

/** An object as JSON has it; its keys are anybody's. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The text of a file.
 *
 * @throws `FormatError`
 */
export function textOf(content: Uint8Array, expected: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    const reason = error instanceof TypeError ? "not UTF-8 text" : "too large to be read";
    throw new FormatError(`it is ${reason}, expected ${expected}`);
  }
}

/**
 * The object that a JSON file holds.
 *
 * @throws `FormatError`
 */
export function objectOf(content: Uint8Array, expected: string): JsonObject {
  const text = textOf(content, expected);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormatError(`it is not JSON, or not all of it, expected ${expected}`);
  }
  if (!isRecord(value)) throw new FormatError(`it is JSON, but no object, expected ${expected}`);
  return value;
}

/**
 * A list of a JSON object, checked item by item.
 *
 * @param expected what an item is, as in `a number`
 * @throws `FormatError`
 */
export function listOf<T>(
  owner: JsonObject,
  key: string,
  { expected, is }: { readonly expected: string; readonly is: (item: unknown) => item is T },
): readonly T[] {
  const list = owner[key];
  if (!Array.isArray(list)) throw new FormatError(`it has no list "${key}"`);
  const wrong = list.findIndex((item) => !is(item));
  if (wrong >= 0) throw new FormatError(`item ${wrong} of its "${key}" is not ${expected}`);
  return list;
}

export function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
