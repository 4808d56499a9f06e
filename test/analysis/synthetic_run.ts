/** Runs that never were, with times as real ones have: skewed, and with slow spells that last for many requests. */
import { addToSeries, type RunSeries } from "../../src/analysis/route_series.ts";
import { type ProfiledRun, RunFunctions } from "../../src/analysis/run_functions.ts";
import { seededRandom } from "../../src/analysis/statistics.ts";
import { RouteSums } from "../../src/store/route_sums.ts";
import { entryOf } from "../cli/entries.ts";
import { fromFolded } from "../support/folded.ts";

/** Milliseconds of each function of a route in a usual request. */
export type Routes = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const SHOP: Routes = {
  "/login": { hash: 4, session: 1 },
  "/catalog": { price: 2, render: 3, list: 1 },
  "/report": { aggregate: 4, chart: 2, session: 1 },
};

export interface SyntheticRun {
  readonly seed: number;
  readonly routes?: Routes;
  readonly requests?: number;
  /** How many times as long functions take. */
  readonly slower?: Readonly<Record<string, number>>;
  /** How many times as long everything takes. */
  readonly machine?: number;
  /** How often a route is asked for, 1 if not said. */
  readonly often?: Readonly<Record<string, number>>;
  /** So many requests have a profile left, the slowest, and `routes.pb.gz` the sums of all; if not said all have one, and there are no sums. */
  readonly kept?: number;
}

export function syntheticRun(known: SyntheticRun): ProfiledRun {
  const { seed, routes = SHOP, requests = 3000, slower = {}, machine = 1, often = {}, kept } = known;
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const names = Object.keys(routes).flatMap((name) => new Array<string>(often[name] ?? 1).fill(name));
  const series: RunSeries = new Map();
  const functions = new RunFunctions();
  const counts = new Map<string, number>();
  const sums = new RouteSums();
  // Sizes are log-normal: about so many of them are larger.
  const sizes = kept === undefined
    ? []
    : Array.from({ length: 2000 }, () => Math.exp(0.3 * normal())).sort((a, b) => a - b);
  const slow = kept === undefined ? 0 : sizes[Math.floor(sizes.length * (1 - kept / requests))]!;
  let spell = 0;
  for (let i = 0; i < requests; i++) {
    // An autoregressive process: neighbours have nearly the same speed.
    spell = 0.9 * spell + 0.03 * normal();
    const route = names[Math.floor(random() * names.length)]!;
    const speed = machine * Math.exp(spell);
    const size = Math.exp(0.3 * normal());
    const times = Object.entries(routes[route]!).map(([name, usual]) => ({
      name,
      time: usual * (slower[name] ?? 1) * speed * size,
    }));
    const cpu = times.reduce((sum, { time }) => sum + time, 0);
    const samples = times.flatMap(({ name, time }) =>
      new Array<string>(Math.floor(time + random())).fill(name)
    );
    const entry = entryOf({
      route,
      cpu,
      duration: cpu + 2,
      blocked: 0,
      wait: 2,
      samples: samples.length,
      files: size > slow ? ["a.folded"] : [],
    });
    addToSeries(series, entry, i);
    const index = counts.get(route) ?? 0;
    counts.set(route, index + 1);
    const folded = samples.map((name) => `handle;${name} 1000`).join("\n");
    const profile = fromFolded(folded);
    if (entry.files.length > 0) functions.add(`GET ${route}`, { index, samples: samples.length }, profile);
    if (kept !== undefined) sums.add(entry, { sampleCount: samples.length, profile });
  }
  const merged = sums.profiles("a");
  for (const route of merged.routes) functions.addMerged(merged, route);
  return { series, functions };
}
