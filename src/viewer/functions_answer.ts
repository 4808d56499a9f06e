/** The hottest functions of a run, and from which routes: the answer of `functions`. */
import { type FunctionSums, isFunction, sumProfiles } from "../analysis/functions.ts";
import type { FunctionRow, Functions } from "./api.ts";
import { mergedProfile, type MergedProfiles } from "./merged.ts";

const MOST_FUNCTIONS = 200;
const MOST_ROUTES = 10;

interface Sums {
  readonly sums: { -readonly [Key in keyof FunctionSums]: FunctionSums[Key] };
  readonly routes: { readonly name: string; readonly self: number }[];
}

export async function functionsAnswer(merged: MergedProfiles): Promise<Functions> {
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
  return { own: hottest(functions.own), all: hottest(functions.all), requests, time };
}

function addFunction(into: Map<string, Sums>, sums: FunctionSums, route: string): void {
  if (!isFunction(sums)) return;
  const key = `${sums.line}:${sums.file.length}:${sums.file}${sums.function}`;
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
    .sort((a, b) => b.sums.self - a.sums.self || b.sums.total - a.sums.total)
    .slice(0, MOST_FUNCTIONS)
    .map(({ sums, routes }) => ({
      ...sums,
      routes: routes.sort((a, b) => b.self - a.self).slice(0, MOST_ROUTES),
    }));
}
