import type { Profile } from "./model.ts";
import { Tables } from "./tables.ts";

/** The profile without the frames and stacks that no sample stands on; what remains is in the order of the samples. */
export function prune(profile: Profile): Profile {
  const { frames, stacks, samples } = profile;
  const tables = new Tables();
  const numbers: (number | undefined)[] = stacks.parent.map(() => undefined);
  const keep = (stack: number): number => {
    const missing: number[] = [];
    let known = stack;
    for (; known >= 0 && numbers[known] === undefined; known = stacks.parent[known]!) missing.push(known);
    let number = known < 0 ? -1 : numbers[known]!;
    for (const one of missing.reverse()) {
      number = tables.stack(number, tables.frame(frames[stacks.frame[one]!]!));
      numbers[one] = number;
    }
    return number;
  };
  const kept = samples.stack.map(keep);
  return { ...profile, frames: tables.frames, stacks: tables.stacks, samples: { ...samples, stack: kept } };
}
