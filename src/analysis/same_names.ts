/** The same names for the same routes in two runs, those that `routes.pb.gz` and the summary use. */
import { groupedNames } from "../store/siblings.ts";
import type { RouteSeries, RunSeries } from "./route_series.ts";
import type { ProfiledRequest, ProfiledRun } from "./run_functions.ts";

/** Both runs, with many routes in one place that differ by a name as one, whichever of the runs had so many. */
export function withSameNames(before: ProfiledRun, after: ProfiledRun): readonly [ProfiledRun, ProfiledRun] {
  const rows = new Map<string, { name: string; isPattern: boolean; routes: number }>();
  for (const { functions } of [before, after]) {
    // Only a name for many may be here alone.
    for (const name of functions.merged.keys()) rows.set(name, { name, isPattern: false, routes: 2 });
  }
  for (const { series } of [before, after]) {
    for (const { name, isPattern } of series.values()) {
      rows.set(name, { name, isPattern: isPattern || name.startsWith("("), routes: 1 });
    }
  }
  const names = groupedNames([...rows.values()]);
  const nameOf = new Map([...rows.keys()].map((name, at) => [name, names[at]!]));
  const isSame = [...nameOf].every(([name, common]) => name === common);
  return isSame ? [before, after] : [joined(before, nameOf), joined(after, nameOf)];
}

function joined({ series, functions }: ProfiledRun, nameOf: ReadonlyMap<string, string>): ProfiledRun {
  const groups = new Map<string, RouteSeries[]>();
  for (const route of series.values()) add(groups, nameOf.get(route.name)!, [route]);
  const all: RunSeries = new Map();
  const [routes, merged] = [new Map<string, ProfiledRequest[]>(), new Map<string, ProfiledRequest[]>()];
  for (const [name, members] of groups) {
    const { route, placeOf } = joinedSeries(name, members);
    all.set(name, route);
    for (const member of members) {
      const moved = (functions.routes.get(member.name) ?? []).map((it) => {
        return { ...it, index: placeOf.get(member.order[it.index]!)! };
      });
      add(routes, name, moved);
    }
  }
  for (const [name, parts] of functions.merged) add(merged, nameOf.get(name)!, parts);
  for (const list of [...routes.values(), ...merged.values()]) list.sort((a, b) => a.index - b.index);
  const lost = new Set([...functions.lost].map((name) => nameOf.get(name)!));
  return { series: all, functions: { unit: functions.unit, frames: functions.frames, routes, merged, lost } };
}

/** The requests of several routes as those of one, in their order, and the place in it of each, by its place in the run. */
function joinedSeries(
  name: string,
  members: readonly RouteSeries[],
): { route: RouteSeries; placeOf: ReadonlyMap<number, number> } {
  const order = members.flatMap((it) => it.order).sort((a, b) => a - b);
  const placeOf = new Map(order.map((it, place) => [it, place]));
  const values = (kind: "cpu" | "duration" | "blocked" | "alloc") => {
    const list = new Array<number>(order.length);
    for (const member of members) {
      for (const [index, it] of member.order.entries()) list[placeOf.get(it)!] = member[kind][index]!;
    }
    return list;
  };
  const written = members.flatMap((member) =>
    member.written.map((it) => ({ ...it, index: placeOf.get(member.order[it.index]!)! }))
  ).sort((a, b) => a.index - b.index);
  const times = { cpu: values("cpu"), duration: values("duration"), blocked: values("blocked") };
  // One run measured it of all requests or of none.
  const alloc = members.some((member) => member.alloc.length < member.cpu.length) ? [] : values("alloc");
  return { route: { name, isPattern: false, order, ...times, alloc, written }, placeOf };
}

function add<T>(lists: Map<string, T[]>, name: string, more: readonly T[]): void {
  const known = lists.get(name);
  if (known === undefined) lists.set(name, [...more]);
  else for (const it of more) known.push(it);
}
