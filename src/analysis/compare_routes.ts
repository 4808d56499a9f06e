/** What changed in the routes of two runs. */
import { type Blocks, type Change, changesOf, measuredOnly, RULES, type Verdict } from "./change.ts";
import { BYTES_DRIFT, type MachineChange, routeDrift } from "./drift.ts";
import { blockBorders, type RouteSeries, type RunSeries } from "./route_series.ts";
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
  /** What a request allocated, in bytes; null where not both runs measured it. */
  readonly alloc: Change | null;
  /** Of its times. `new` and `gone`: the other run has no request of it. */
  readonly verdict: Verdict | "new" | "gone";
}

/**
 * All routes of both runs: those that changed first, each group by the time its requests took in all.
 *
 * @param machine what is known of the machine. Own cpu is tested beside what all functions have in common; what that does to durations, in which
 *   requests also wait, cannot be told where it counts as a change, so these are `unknown` then
 */
export function compareRoutes(before: RunSeries, after: RunSeries, machine: MachineChange): RouteChange[] {
  const { common } = machine;
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const pairs = names.map((name) => ({ name, before: before.get(name), after: after.get(name) }));
  const tested = Math.abs(common ?? 0) < RULES.effect ? QUANTITIES : QUANTITIES.slice(0, 1);
  const all = pairs.flatMap((it) =>
    QUANTITIES.map((quantity) => {
      return { ...blocksOf(it.before, it.after, quantity), drift: routeDrift(quantity, machine) };
    })
  );
  const found = changesOf(all.filter((_, at) => at % QUANTITIES.length < tested.length), {
    common: common ?? 0,
  });
  const changes = all.map((blocks, at) =>
    at % QUANTITIES.length < tested.length ? found.shift()! : measuredOnly(blocks)
  );
  const allocs = allocChanges(pairs);
  const weight = (route: RouteSeries | undefined) => route?.cpu.reduce((sum, it) => sum + it, 0) ?? 0;
  const rows = pairs.map(({ name, before, after }, index) => {
    const [cpu, duration, blocked] = changes.slice(index * QUANTITIES.length) as [Change, Change, Change];
    const verdict = before === undefined
      ? "new" as const
      : after === undefined
      ? "gone" as const
      : verdictOf([cpu, duration, blocked]);
    const requests = { before: before?.cpu.length ?? 0, after: after?.cpu.length ?? 0 };
    const row: RouteChange = {
      route: name,
      requests,
      verdict,
      alloc: allocs[index]!,
      cpu,
      duration,
      blocked,
    };
    return { row, weight: weight(before) + weight(after) };
  });
  return rows
    .sort((a, b) => rankOf(a.row) - rankOf(b.row) || b.weight - a.weight)
    .map(({ row }) => row);
}

const ORDER: readonly RouteChange["verdict"][] = ["slower", "faster", "new", "gone", "same", "unknown"];

function rankOf({ verdict, alloc }: RouteChange): number {
  const hasChanged = alloc?.verdict === "slower" || alloc?.verdict === "faster";
  return Math.min(ORDER.indexOf(verdict), hasChanged ? ORDER.indexOf(alloc.verdict) : ORDER.length);
}

interface Pair {
  readonly before: RouteSeries | undefined;
  readonly after: RouteSeries | undefined;
}

/** What the requests of each route allocated, with a chance of error of its own for all of them. */
function allocChanges(pairs: readonly Pair[]): RouteChange["alloc"][] {
  const known = (route: RouteSeries | undefined) => route?.alloc.filter((it) => !Number.isNaN(it)) ?? [];
  const all = pairs.map(({ before, after }) => ({ before: known(before), after: known(after) }));
  const isMeasured = ({ before, after }: typeof all[number]) => before.length > 0 && after.length > 0;
  const found = changesOf(
    all.filter(isMeasured).map(({ before, after }) => ({
      before: medians(before),
      after: medians(after),
      drift: BYTES_DRIFT,
    })),
    { least: RULES.leastBytes },
  );
  return all.map((it) => isMeasured(it) ? found.shift()! : null);
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
