/** One request: the answers of `request` and `profile`. */
import { withCalls } from "../analysis/called.ts";
import { isFunction, sumProfiles } from "../analysis/functions.ts";
import { formatOf } from "../formats/mod.ts";
import { foldLibraries } from "../profile/fold_libraries.ts";
import { unitOf } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { readProfile } from "../store/read_profile.ts";
import type { RequestDetail } from "./api.ts";
import { type KnownRequest, lanesOf } from "./lanes.ts";
import type { ViewedRun } from "./viewed_run.ts";

const MOST_FUNCTIONS = 50;

/** The request with this id; undefined if there is none. */
export function requestAnswer(run: ViewedRun, id: string): RequestDetail | undefined {
  const subject = knownRequest(run, id);
  const entry = subject && run.entryOf(run.table.ids.find(id, run.table.rows));
  if (subject === undefined || entry === undefined) return undefined;
  const { row, profile } = subject;
  const functions = (all: boolean) =>
    profile === undefined
      ? []
      : withCalls(sumProfiles([profile.profile], { all, requests: 1 }).functions.filter(isFunction), profile)
        .slice(0, MOST_FUNCTIONS);
  return {
    entry,
    routeName: row.routeName,
    profile: profile !== undefined ? "kept" : row.profile === "kept" ? "gone" : row.profile,
    lanes: lanesOf(subject, entry.blockers ?? [], (blocker) => knownRequest(run, blocker)),
    functions: { own: functions(false), all: functions(true) },
  };
}

/** The profile of a request; undefined if there is none. */
export function profileOfRequest(run: ViewedRun, id: string): RequestProfile | undefined {
  return knownRequest(run, id)?.profile;
}

function knownRequest(run: ViewedRun, id: string): KnownRequest | undefined {
  const { table } = run;
  const index = table.ids.find(id, table.rows);
  if (index < 0) return undefined;
  const row = table.row(index);
  if (row.profile !== "kept" && row.profile !== "awaited") return { row, profile: undefined };
  const found = readProfile(run.directory, run.entryOf(index) ?? { files: [] });
  return { row, profile: found.kind === "found" ? found.profile : undefined };
}

/** A profile as a file: its content, name and type. */
export interface ProfileFile {
  readonly content: Uint8Array;
  readonly name: string;
  readonly mediaType: string;
}

/** Writes a profile in a format; undefined if there is no such format. */
export function profileFile(
  subject: RequestProfile,
  { format: id = "speedscope", own = false }: {
    readonly format?: string | undefined;
    readonly own?: boolean;
  },
): ProfileFile | undefined {
  const format = formatOf(id);
  if (format === undefined || !format.units.includes(unitOf(subject.profile))) return undefined;
  const written = format.write(own ? { ...subject, profile: foldLibraries(subject.profile) } : subject);
  return {
    content: typeof written === "string" ? Buffer.from(written) : written,
    name: `${subject.id.replace(/[^\w.-]+/g, "_").slice(0, 100) || "profile"}${format.extension}`,
    mediaType: format.mediaType,
  };
}
