import type { Profile } from "./model.ts";
import { isOwnCode } from "./own_code.ts";
import { Tables } from "./tables.ts";

/**
 * A step that leaves the application's own functions only: the time of libraries and of the runtime is that of the function which
 * called them. Of a stack without any function of the application the innermost frame stays.
 */
export function foldLibraries(profile: Profile): Profile {
  const { frames, stacks, samples } = profile;
  const tables = new Tables();
  const isOwn = frames.map(isOwnCode);
  /** For each stack the same without others' frames; -1 where nothing is left. */
  const folded: number[] = [];
  for (const [stack, parent] of stacks.parent.entries()) {
    const below = parent < 0 ? -1 : folded[parent]!;
    const frame = stacks.frame[stack]!;
    folded.push(isOwn[frame] ? tables.stack(below, tables.frame(frames[frame]!)) : below);
  }
  const stack = samples.stack.map((it) =>
    folded[it]! >= 0 ? folded[it]! : tables.stack(-1, tables.frame(frames[stacks.frame[it]!]!))
  );
  return { ...profile, frames: tables.frames, stacks: tables.stacks, samples: { ...samples, stack } };
}
