/** The route that `--route` names: by any name that profsrv prints. Pure. */
import { type RouteTable, type RouteTotals, topRoutes } from "../analysis/routes.ts";
import { OUTSIDE } from "../profile/request.ts";
import { OTHER } from "../store/entry.ts";
import { standsFor } from "../store/siblings.ts";
import { printable } from "./printable.ts";

/** Whether a row may be meant: with its method or without, as it is printed or is, cut where a line had no room, or as one of `:x`. */
export function isCalled(row: string, text: string): boolean {
  const named = (name: string) =>
    name === text || text.endsWith("…") && name.startsWith(text.slice(0, -1)) || standsFor(text, name);
  return [row, printable(row)].some((name) => named(name) || named(name.slice(name.indexOf(" ") + 1)));
}

/** What requests of a run a route is. */
export interface ChosenRoute {
  /** As the summary names it. */
  readonly name: string;
  /** Undefined for what ran outside requests. */
  readonly totals?: RouteTotals;
}

/** The route that is meant, or else the sentence about why there is none. */
export function chosenRoute(table: RouteTable, text: string): ChosenRoute | string {
  if (text === OUTSIDE) return { name: OUTSIDE };
  if (text === OTHER) return `"${OTHER}" stands for routes that are not listed; --top 100 lists more`;
  const rows = topRoutes(table, Infinity).filter(({ name }) => name !== OTHER);
  const called = (all: Iterable<RouteTotals>) => [...all].filter(({ name }) => isCalled(name, text));
  const shown = called(rows);
  const found = shown.length > 0 ? shown : called(table.routes.values());
  const exact = found.find(({ name }) => name === text);
  const totals = exact ?? (found.length === 1 ? found[0] : undefined);
  if (totals !== undefined) return { name: totals.name, totals };
  const names = (routes: readonly RouteTotals[]) =>
    routes.slice(0, 5).map(({ name }) => printable(name)).join(", ");
  return found.length > 1
    ? `"${text}" is several routes: ${names(found)}${found.length > 5 ? ` and ${found.length - 5} more` : ""}`
    : `it has no route "${text}"; those with most time are ${names(rows) || "none"}`;
}
