/** Merged profiles, as formats and reports take one. */
import { layOut } from "../formats/lay_out.ts";
import { subjectOf } from "../formats/read_details.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { RouteProfiles, StackSum } from "../profile/route_profiles.ts";

/** A profile is laid out in so many samples at most; where there were more, each stands for several. */
const MOST_SAMPLES = 200_000;

/** The merged profile of a route; undefined if there is no such route. */
export function mergedProfile(profiles: RouteProfiles, name: string): RequestProfile | undefined {
  const route = profiles.routes.find((it) => it.name === name);
  return route && profileOfStacks(profiles, route.stacks, name);
}

/** These stacks, laid out one after another, as a profile of no request. Each stands once in `sums`. */
export function profileOfStacks(
  { unit, frames, stacks }: Pick<RouteProfiles, "unit" | "frames" | "stacks">,
  sums: readonly StackSum[],
  name: string,
): RequestProfile {
  const all = sums.reduce((sum, { samples }) => sum + samples, 0);
  const share = Math.min(1, MOST_SAMPLES / all);
  const totals = sums.map(({ stack, samples, time }) => {
    return { stack, time, count: share === 1 ? samples : Math.ceil(samples * share) };
  });
  const profile = { ...layOut({ frames, stacks }, totals, 0), unit };
  return { ...subjectOf(profile, undefined, { name }), route: name };
}
