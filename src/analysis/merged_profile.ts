/** The profile of all requests of a route, as formats and reports take one. */
import { layOut } from "../formats/lay_out.ts";
import { subjectOf } from "../formats/read_details.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { RouteProfiles } from "../profile/route_profiles.ts";

/** A profile is laid out in so many samples at most; where there were more, each stands for several. */
const MOST_SAMPLES = 200_000;

/** The merged profile of a route, its stacks one after another, as one of no request; undefined if there is no such route. */
export function mergedProfile(
  { frames, stacks, routes }: RouteProfiles,
  name: string,
): RequestProfile | undefined {
  const route = routes.find((it) => it.name === name);
  if (route === undefined) return undefined;
  const all = route.stacks.reduce((sum, { samples }) => sum + samples, 0);
  const share = Math.min(1, MOST_SAMPLES / all);
  const totals = route.stacks.map(({ stack, samples, time }) => {
    return { stack, time, count: share === 1 ? samples : Math.ceil(samples * share) };
  });
  return { ...subjectOf(layOut({ frames, stacks }, totals, 0), undefined, { name }), route: name };
}
