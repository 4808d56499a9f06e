import type { Frame } from "./model.ts";
import { Tables } from "./tables.ts";
import type { Transform } from "./transforms.ts";

/**
 * A step that shows every frame as what `originalOf` says it was written as. Frames that become equal become one, and so
 * do the stacks that differ in nothing else.
 *
 * `originalOf` gives the very same frame where it knows nothing better.
 */
export function originalPositions(originalOf: (frame: Frame) => Frame): Transform {
  return (profile) => {
    const { stacks, samples } = profile;
    const frames = profile.frames.map(originalOf);
    if (frames.every((frame, f) => frame === profile.frames[f])) return profile;
    const tables = new Tables();
    const frameOf = frames.map((frame) => tables.frame(frame));
    if (tables.frames.length === frames.length) return { ...profile, frames };
    const stackOf: number[] = [];
    for (const [s, parent] of stacks.parent.entries()) {
      stackOf.push(tables.stack(stackOf[parent] ?? -1, frameOf[stacks.frame[s]!]!));
    }
    return {
      ...profile,
      frames: tables.frames,
      stacks: tables.stacks,
      samples: { ...samples, stack: samples.stack.map((stack) => stackOf[stack]!) },
    };
  };
}
