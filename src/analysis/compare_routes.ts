/** What changed in the routes of two runs. */
import { type Blocks, type Change, changesOf, measuredOnly, type Verdict } from "./change.ts";
import { blockBorders, type RouteSeries, type RunSeries } from "./route_series.ts";
import type { Bytes } from "../units.ts";
import { medianOf } from "./statistics.ts";

/** A route has this many blocks at most, */
const MOST_BLOCKS = 20;
/** and this many requests in each at least. */
const LEAST_REQUESTS = 5;

/** What is compared of a request. */
export const QUANTITIES = ["cpu", "duration", "blocked"] as const;
export type Quantity = typeof QUANTITIES[number];

/** One route in both runs. */
export interface RouteChange extends Readonly<Record<Quantity, Change>> {
  readonly route: string;
  readonly requests: { readonly before: number; readonly after: number };
  /** What a request allocated, the median; null where not both runs measured it. Told, not judged. */
  readonly alloc: { readonly before: Bytes; readonly after: Bytes } | null;
  /** `new` and `gone`: the other run has no request of it. */
  readonly verdict: Verdict | "new" | "gone";
}

/**
 * All routes of both runs: those that changed first, each group by the time its requests took in all.
 *
 * @param common the share by which all functions changed alike. Own cpu is tested beside it; what it does to durations, in which requests
 *   also wait, cannot be told, so these are `unknown` then
 */
export function compareRoutes(before: RunSeries, after: RunSeries, common = 0): RouteChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const pairs = names.map((name) => ({ name, before: before.get(name), after: after.get(name) }));
  const tested = common === 0 ? QUANTITIES : QUANTITIES.slice(0, 1);
  const all = pairs.flatMap((it) => QUANTITIES.map((quantity) => blocksOf(it.before, it.after, quantity)));
  const found = changesOf(all.filter((_, at) => at % QUANTITIES.length < tested.length), { common });
  const changes = all.map((blocks, at) =>
    at % QUANTITIES.length < tested.length ? found.shift()! : measuredOnly(blocks)
  );
  const weight = (route: RouteSeries | undefined) => route?.cpu.reduce((sum, it) => sum + it, 0) ?? 0;
  const rows = pairs.map(({ name, before, after }, index) => {
    const [cpu, duration, blocked] = changes.slice(index * QUANTITIES.length) as [Change, Change, Change];
    const verdict = before === undefined
      ? "new" as const
      : after === undefined
      ? "gone" as const
      : verdictOf([cpu, duration, blocked]);
    const requests = { before: before?.cpu.length ?? 0, after: after?.cpu.length ?? 0 };
    const alloc = allocated(before, after);
    const row: RouteChange = { route: name, requests, verdict, alloc, cpu, duration, blocked };
    return { row, weight: weight(before) + weight(after) };
  });
  return rows
    .sort((a, b) => ORDER.indexOf(a.row.verdict) - ORDER.indexOf(b.row.verdict) || b.weight - a.weight)
    .map(({ row }) => row);
}

const ORDER: readonly RouteChange["verdict"][] = ["slower", "faster", "new", "gone", "same", "unknown"];

function allocated(before: RouteSeries | undefined, after: RouteSeries | undefined): RouteChange["alloc"] {
  if (!before?.alloc?.length || !after?.alloc?.length) return null;
  return { before: medianOf(before.alloc), after: medianOf(after.alloc) };
}

/** A route is slower if its own cpu is, or its duration, or what it was blocked, the first of these that changed. */
function verdictOf(changes: readonly Change[]): Verdict {
  const changed = changes.find(({ verdict }) => verdict === "slower" || verdict === "faster");
  return (changed ?? changes[0]!).verdict;
}

function blocksOf(
  before: RouteSeries | undefined,
  after: RouteSeries | undefined,
  quantity: Quantity,
): Blocks {
  return { before: medians(before?.[quantity] ?? []), after: medians(after?.[quantity] ?? []) };
}

/** The median of each block of time. */
function medians(values: readonly number[]): number[] {
  const blocks = Math.min(MOST_BLOCKS, Math.floor(values.length / LEAST_REQUESTS));
  if (blocks === 0) return values.length === 0 ? [] : [medianOf(values)];
  const borders = blockBorders(values.length, blocks);
  return borders.slice(1).map((end, index) => medianOf(values.slice(borders[index], end)));
}
