/** The functions of a request with their calls beside their times. */
import { scriptPath } from "../profile/frames.ts";
import { byCalls, type FunctionCalls } from "../profile/function_calls.ts";
import { isOwnCode } from "../profile/own_code.ts";
import type { RequestProfile } from "../profile/request.ts";
import { functionKey } from "../store/entry.ts";
import type { FunctionSums } from "./functions.ts";

/**
 * These functions with their calls, then those of the application that were called and that no sample saw, with no time. Functions of one
 * name in one line cannot be told apart: their calls are left out.
 */
export function withCalls(
  functions: readonly FunctionSums[],
  { calls }: Pick<RequestProfile, "calls">,
): FunctionSums[] {
  if (calls === undefined) return [...functions];
  const byKey = new Map<string, FunctionCalls | undefined>();
  for (const it of calls.functions) {
    byKey.set(functionKey(sumsOf(it)), byKey.has(functionKey(sumsOf(it))) ? undefined : it);
  }
  const seen = new Set(functions.map(functionKey));
  const unseen = byCalls(calls.functions).filter(({ frame }) => isOwnCode(frame)).map(sumsOf)
    .filter((it) => !seen.has(functionKey(it)));
  return [
    ...functions.map((it) => {
      const known = byKey.get(functionKey(it));
      return known === undefined ? it : { ...it, callCount: known.count };
    }),
    ...unseen,
  ];
}

function sumsOf({ frame, count }: FunctionCalls): FunctionSums {
  const { name, url, line } = frame;
  return { function: name, file: scriptPath(url), line: line + 1, self: 0, total: 0, callCount: count };
}
