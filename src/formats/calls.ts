/** Counted calls in a `.cpuprofile`, which V8 has no place for. */
import type { CountedCalls } from "../profile/function_calls.ts";
import type { RequestProfile } from "../profile/request.ts";
import { FormatError } from "./format.ts";
import { isRecord } from "./read_text.ts";

/** A function: its name, url, line and column (0-based, -1 if not known), its calls, and 1 if it is async or a generator, else 0. */
export type CallRow = readonly [string, string, number, number, number, 0 | 1];

/** The calls of a request, where they were counted. */
export function callRows({ calls }: RequestProfile): { readonly calls?: readonly CallRow[] } {
  if (calls === undefined) return {};
  return {
    calls: calls.functions.map(({ frame: { name, url, line, column }, count, isResumed }) =>
      [name, url, line, column, count, isResumed ? 1 : 0] as const
    ),
  };
}

/**
 * The calls in a file's request data; undefined if it has none.
 *
 * @throws `FormatError`
 */
export function readCalls(details: unknown): CountedCalls | undefined {
  const rows = isRecord(details) && Object.hasOwn(details, "calls") ? details["calls"] : undefined;
  if (rows === undefined) return undefined;
  if (!Array.isArray(rows) || !rows.every(isRow)) {
    throw new FormatError('its request data has no sound "calls"');
  }
  const functions = rows.map(([name, url, line, column, count, isResumed]) => ({
    frame: { name, url, line, column },
    count,
    isResumed: isResumed === 1,
  }));
  return { functions, leftOut: 0 };
}

function isRow(row: unknown): row is CallRow {
  if (!Array.isArray(row) || row.length !== 6) return false;
  const [name, url, line, column, count, isResumed] = row as unknown[];
  return typeof name === "string" && typeof url === "string" && isWhole(line, -1) && isWhole(column, -1) &&
    isWhole(count, 0) && (isResumed === 0 || isResumed === 1);
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && value as number >= least;
}
