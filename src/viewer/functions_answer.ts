/** The hottest functions of a run, and from which routes: the answer of `functions`. */
import type { RouteCalls } from "../analysis/call_sums.ts";
import { type FunctionSums, isFunction, sumProfiles } from "../analysis/functions.ts";
import { isOwnCode } from "../profile/own_code.ts";
import { functionKey } from "../store/entry.ts";
import type { FunctionRow, Functions } from "./api.ts";
import { mergedProfile, type MergedProfiles } from "./merged.ts";

const MOST_FUNCTIONS = 200;
const MOST_ROUTES = 10;

interface Sums {
  readonly sums: { -readonly [Key in keyof FunctionSums]: FunctionSums[Key] };
  readonly routes: { readonly name: string; readonly self: number }[];
}

/** `calls` are those of all requests, as counted; empty where calls were not counted. */
export async function functionsAnswer(
  merged: MergedProfiles,
  calls: readonly RouteCalls[],
): Promise<Functions> {
  const { tables, routes } = await merged.routes();
  const functions = { own: new Map<string, Sums>(), all: new Map<string, Sums>() };
  let [requests, time] = [0, 0];
  for (const route of routes) {
    const profile = mergedProfile(tables, [route], route.name)?.profile;
    if (profile === undefined) continue;
    requests += route.requests;
    for (const kind of ["own", "all"] as const) {
      const found = sumProfiles([profile], { all: kind === "all", requests: route.requests });
      if (kind === "all") time += found.time;
      for (const sums of found.functions) addFunction(functions[kind], sums, route.name);
    }
  }
  for (const sums of Object.values(functions)) addCalls(sums, calls);
  return { own: hottest(functions.own), all: hottest(functions.all), requests, time };
}

/** Functions of the application that were called and that no sample saw have no time. */
function addCalls(into: Map<string, Sums>, calls: readonly RouteCalls[]): void {
  for (const it of calls) {
    const { function: name, file, line } = it;
    const callCount = Math.round(it.count * it.requests);
    const known = into.get(functionKey(it));
    if (known !== undefined) known.sums.callCount = callCount;
    else if (isOwnCode({ name, url: file, line: -1, column: -1 })) {
      into.set(functionKey(it), {
        sums: { function: name, file, line, self: 0, total: 0, callCount },
        routes: [],
      });
    }
  }
}

function addFunction(into: Map<string, Sums>, sums: FunctionSums, route: string): void {
  if (!isFunction(sums)) return;
  const key = functionKey(sums);
  const known = into.get(key);
  if (known === undefined) into.set(key, { sums: { ...sums }, routes: [{ name: route, self: sums.self }] });
  else {
    known.sums.self += sums.self;
    known.sums.total += sums.total;
    known.routes.push({ name: route, self: sums.self });
  }
}

function hottest(functions: Map<string, Sums>): FunctionRow[] {
  return [...functions.values()]
    .sort(({ sums: a }, { sums: b }) =>
      b.self - a.self || b.total - a.total || (b.callCount ?? 0) - (a.callCount ?? 0)
    )
    .slice(0, MOST_FUNCTIONS)
    .map(({ sums, routes }) => ({
      ...sums,
      routes: routes.sort((a, b) => b.self - a.self).slice(0, MOST_ROUTES),
    }));
}
