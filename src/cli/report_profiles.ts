/** The profiles that a report's functions are taken from: those of whole routes, else those of some requests. */
import { type ProfileSums, sumProfiles } from "../analysis/functions.ts";
import { mergedProfile } from "../analysis/merged_profile.ts";
import { FileRefused } from "../files/refused.ts";
import type { Profile } from "../profile/model.ts";
import { OUTSIDE } from "../profile/request.ts";
import type { RouteProfile, RouteProfiles } from "../profile/route_profiles.ts";
import type { IndexEntry } from "../store/entry.ts";
import { readProfile } from "../store/read_profile.ts";
import { readRoutesFile } from "../store/routes_file.ts";
import type { ChosenRoute } from "./chosen_route.ts";

/** What is reported of a run. */
export interface ReportedOn {
  readonly directory: string;
  /** The id of the run, where it has one. */
  readonly run: string | undefined;
  readonly only: { readonly route?: ChosenRoute; readonly request?: string };
  /** Requests of it that have profiles. */
  readonly busiest: readonly IndexEntry[];
  readonly all: boolean;
  /** Called with one sentence when a file that is there cannot be used. */
  onProblem(text: string): void;
}

/** Why no profile of a request is shown. */
const WHY_NONE = {
  none: "No profile of this request was written.",
  missing:
    "The profile of this request is not there: it made room for others, was removed, or is not written yet.",
  unreadable: "The profile of this request cannot be read: it is damaged, or holds no stacks, as callgrind.",
  found: "",
} as const;

/** The functions of all its requests where `routes.pb.gz` holds them, else of the busiest, in the profiles that can be read; undefined if nothing is known. */
export function reportedFunctions(from: ReportedOn): ProfileSums | undefined {
  const { directory, only, busiest, all } = from;
  const written = only.request === undefined ? routesOf(from) : undefined;
  const routes = (written?.routes ?? []).filter(({ name }) =>
    only.route === undefined
      ? name !== OUTSIDE
      : name === only.route.name || only.route.totals?.names.includes(name) === true
  );
  if (written !== undefined && routes.length > 0) {
    const requests = routes.reduce((sum, it) => sum + it.requests, 0);
    return sumProfiles(mergedProfiles(written, routes), { all, requests, isWhole: true });
  }
  const found = busiest.map((entry) => readProfile(directory, entry));
  const profiles = found.flatMap((it) => it.kind === "found" ? [it.profile.profile] : []);
  if (only.request !== undefined && profiles.length === 0) from.onProblem(WHY_NONE[found[0]?.kind ?? "none"]);
  return profiles.length === 0 ? undefined : sumProfiles(profiles, { all, requests: profiles.length });
}

function* mergedProfiles(written: RouteProfiles, routes: readonly RouteProfile[]): Generator<Profile> {
  for (const { name } of routes) yield mergedProfile(written, name)!.profile;
}

function routesOf({ directory, run, onProblem }: ReportedOn): RouteProfiles | undefined {
  try {
    const written = readRoutesFile(directory);
    return written?.run === run ? written : undefined;
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    onProblem(error.reason);
    return undefined;
  }
}
