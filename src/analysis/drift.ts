/**
 * By how much two runs of the same program differ for their whole time: their machine was not the same. Blocks of time do not show it, for it
 * is the same in all blocks of a run. As shares, of one standard deviation; found from runs of one server on a busy machine (`notes/diff.md`).
 */
import type { RunSeries } from "./route_series.ts";
import { errorOf, meanOf, withoutOutliers } from "./statistics.ts";

/** How V8 compiled the functions, and where they lie in memory, differs by run. */
const OWN = 0.015;
/** What a slower machine costs a function differs from what it costs the others by this part. */
const OF_COMMON = 0.2;
/** V8 samples a busy server late, and not everywhere alike: this part of all time is found in one function or another. */
const OF_SAMPLING = 0.002;
/** The runtime's own code runs where the server calls the system, and is put off there when others have to do: what that takes differs most. */
const OF_RUNTIME = { own: 0.3, ofCommon: 1.5 };
/** Requests that wait for each other wait longer by a multiple. */
const OF_WAITS = { duration: { own: 0.05, ofCommon: 1.5 }, blocked: { own: 0.15, ofCommon: 3 } };
/** Where it is not known how fast the machine was, this is all of the machine. */
const OF_MACHINE = 0.02;
const MOST_OF_MACHINE = 0.1;
/** A route with fewer requests in one of the runs does not tell what changed within it: that many are tested. */
const LEAST_REQUESTS = 40;

/** What is known of the machine: by which share all functions changed alike, undefined where that is not known, and what `machineDrift` says. */
export interface MachineChange {
  readonly common: number | undefined;
  readonly machine: number;
}

/**
 * Of a function's time, beside what all functions have in common where that is known.
 *
 * @param of `part`: its part of all functions' time; `runtime`: the part of its own in the runtime's code
 */
export function functionDrift(
  { common, machine, part, runtime }: MachineChange & { readonly part: number; readonly runtime: number },
): number {
  const size = sizeOf({ common, machine });
  return Math.hypot(
    OWN,
    common === undefined ? size : OF_COMMON * size,
    runtime * (OF_RUNTIME.own + OF_RUNTIME.ofCommon * size),
    part > 0 ? OF_SAMPLING / part : 0,
  );
}

/** How much the machine changed: as large forwards as backwards; a guess where it is not known. */
function sizeOf({ common, machine }: MachineChange): number {
  return common === undefined ? OF_MACHINE + machine : Math.abs(Math.log1p(common));
}

/** Of what a function or a request allocates: the machine has no part in it. */
export const BYTES_DRIFT = OWN;

/** Of the times of a route. */
export function routeDrift(
  quantity: "cpu" | "duration" | "blocked",
  { common, machine }: MachineChange,
): number {
  const size = sizeOf({ common, machine });
  if (quantity === "cpu") return Math.hypot(OWN, common === undefined ? size : OF_COMMON * size);
  const { own, ofCommon } = OF_WAITS[quantity];
  return Math.hypot(own, ofCommon * size);
}

/**
 * What the machine likely changes from one run to the next: half of what the two runs differ by in their change from first half to second. That is as
 * much where its changes last for half a run, and more where they last longer. A server that gets warm does so in both runs, which is no difference. What
 * chance makes halves differ by is taken off. Where no route has enough requests nothing is known, so it is the most.
 */
export function machineDrift(before: RunSeries, after: RunSeries): number {
  const halves = Array.from({ length: 4 }, () => ({ time: 0, variance: 0 }));
  for (const [name, { cpu }] of before) {
    const runs = [cpu, after.get(name)?.cpu ?? []];
    if (runs.some(({ length }) => length < LEAST_REQUESTS)) continue;
    // The same routes with the same weights, so that another mix is no difference.
    const weight = runs.reduce((sum, { length }) => sum + length, 0);
    const parts = runs.flatMap((it) => [it.slice(0, it.length >> 1), it.slice(it.length >> 1)]);
    for (const [index, part] of parts.entries()) {
      const values = withoutOutliers(part);
      halves[index]!.time += weight * meanOf(values);
      halves[index]!.variance += weight ** 2 * errorOf(values);
    }
  }
  if (halves.some(({ time }) => time <= 0)) return MOST_OF_MACHINE;
  const [first, second, third, fourth] = halves.map(({ time }) => Math.log(time)) as [
    number,
    number,
    number,
    number,
  ];
  const chance = halves.reduce((sum, { time, variance }) => sum + variance / time ** 2, 0);
  const difference = (fourth - third) - (second - first);
  return Math.min(MOST_OF_MACHINE, Math.sqrt(Math.max(0, difference ** 2 - chance)) / 2);
}
