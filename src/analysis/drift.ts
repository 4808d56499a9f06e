/**
 * By how much two runs of the same program differ for their whole time: their machine was not the same. Blocks of time do not show it, for it
 * is the same in all blocks of a run. As shares, of one standard deviation; found from runs of one server on a busy machine (`notes/diff.md`).
 */
import { meanOf, medianOf } from "./statistics.ts";

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

/**
 * Of a function's time beside what all functions have in common.
 *
 * @param of `part`: its part of all functions' time; `runtime`: the part of its own in the runtime's code
 */
export function functionDrift(
  { common, part, runtime }: { readonly common: number; readonly part: number; readonly runtime: number },
): number {
  const size = sizeOf(common);
  return Math.hypot(
    OWN,
    OF_COMMON * size,
    runtime * (OF_RUNTIME.own + OF_RUNTIME.ofCommon * size),
    part > 0 ? OF_SAMPLING / part : 0,
  );
}

/** As large forwards as backwards. */
function sizeOf(change: number): number {
  return Math.abs(Math.log1p(change));
}

/** Of what a function or a request allocates: the machine has no part in it. */
export const BYTES_DRIFT = OWN;

/** Of the times of a route. `common` is undefined where it is not known; then `machine` says what is known of the machine. */
export function routeDrift(
  quantity: "cpu" | "duration" | "blocked",
  { common, machine }: { readonly common: number | undefined; readonly machine: number },
): number {
  const ofMachine = common === undefined ? OF_MACHINE + machine : sizeOf(common);
  if (quantity === "cpu") return Math.hypot(OWN, common === undefined ? ofMachine : OF_COMMON * ofMachine);
  const { own, ofCommon } = OF_WAITS[quantity];
  return Math.hypot(own, ofCommon * ofMachine);
}

/**
 * How much the machine changed within the runs, from their first halves to their second: what it does from one run to the next is as much where
 * slow changes are as large as quick ones, and more where they are larger. A server that gets warm changes more; so there is a limit.
 *
 * @param runs for each run and route what its requests took, in their order
 */
export function machineDrift(runs: readonly (readonly (readonly number[])[])[]): number {
  const squares = runs.map((routes) => {
    let [first, second] = [0, 0];
    for (const values of routes) {
      const middle = values.length >> 1;
      first += medianOf(values.slice(0, middle)) * values.length;
      second += medianOf(values.slice(middle)) * values.length;
    }
    return first > 0 && second > 0 ? Math.log(second / first) ** 2 : 0;
  });
  return Math.min(MOST_OF_MACHINE, Math.sqrt(meanOf(squares)));
}
