import type { Profile } from "./model.ts";

/**
 * One step of what happens to a profile on its way: pure, and it keeps the time of every sample.
 *
 * Steps work on a whole window and on a request's profile alike.
 */
export type Transform = (profile: Profile) => Profile;

/** The profile after all steps, the first one first. */
export function transform(profile: Profile, steps: readonly Transform[]): Profile {
  return steps.reduce((current, step) => step(current), profile);
}
