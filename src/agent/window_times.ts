/** Times in a window, on the agent's clock and on V8's. */
import type { V8Profile } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";

/** What long stretches, `[seq, startAt, time, …]`, add up to. */
export function timeOf(stretches: readonly number[]): Microseconds {
  let time = 0;
  for (let i = 2; i < stretches.length; i += 3) time += stretches[i]!;
  return time;
}

/** Moves long stretches from the agent's clock to V8's, in whole microseconds. */
export function moveStretches(stretches: number[], offset: Microseconds): void {
  for (let i = 1; i < stretches.length; i += 3) {
    const endAt = Math.round(stretches[i]! + stretches[i + 1]! + offset);
    stretches[i] = Math.round(stretches[i]! + offset);
    stretches[i + 1] = endAt - stretches[i]!;
  }
}

/** The instants of a window's samples on the agent's clock. */
export function sampleInstants(profile: V8Profile, offset: Microseconds): Float64Array {
  const deltas = profile.timeDeltas ?? [];
  const instants = new Float64Array(deltas.length);
  let at = profile.startTime - offset;
  for (let i = 0; i < deltas.length; i++) {
    at += deltas[i]!;
    instants[i] = at;
  }
  return instants;
}
