/** What readers of foreign files share: bytes to text and JSON, one clear sentence on failure. */
import { assertSize, FormatError } from "./format.ts";

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
  assertSize(content.length, "it has");
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
  assertParts(content);
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
 * Holds a JSON file to a number of objects, lists and items: each takes two bytes in the file, and up to a hundred in
 * memory.
 */
function assertParts(content: Uint8Array): void {
  let [parts, items, isText] = [0, 0, false];
  // Each takes a byte at least.
  if (content.length <= MOST_PARTS) return;
  for (let offset = 0; offset < content.length; offset++) {
    const byte = content[offset];
    if (byte === BACKSLASH) offset++;
    else if (byte === QUOTE) isText = !isText;
    else if (isText) continue;
    else if (byte === COMMA) items++;
    else if (byte === BRACE || byte === BRACKET) parts++;
  }
  assertCount(parts, MOST_PARTS, "objects and lists");
  assertCount(items, MOST_ITEMS, "items");
}

const [QUOTE, COMMA, BRACKET, BACKSLASH, BRACE] = [0x22, 0x2c, 0x5b, 0x5c, 0x7b];
/** What takes some hundred bytes in memory each, */
export const MOST_PARTS = 5_000_000;
/** and what takes some ten. */
export const MOST_ITEMS = 40_000_000;

/**
 * Holds a file to a number of things, which would fill the memory.
 *
 * @throws `FormatError`
 */
export function assertCount(count: number, most: number, things: string): void {
  if (count > most) {
    throw new FormatError(`it has ${count} ${things}, expected at most ${most / 1e6} million`);
  }
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
