/**
 * The profiles of all routes of a run in one file of pprof: each sample has its route as a label, and the number of that
 * route's requests as another. A comment names the run. The file name in the gzip header tells that profsrv wrote it.
 */
import { gzipSync } from "fflate/browser";
import { Profile as PprofProfile, StringTable } from "pprof-format";
import type { RouteProfile, RouteProfiles } from "../profile/route_profiles.ts";
import { scriptUrl } from "../profile/frames.ts";
import { unitOf } from "../profile/model.ts";
import { Tables } from "../profile/tables.ts";
import { FormatError } from "./format.ts";
import { functionsOf, locationsOf, sampleTypes } from "./pprof.ts";
import { MEASURES } from "./pprof_measures.ts";
import { decodePprof, totalsOf } from "./read_pprof.ts";
import { isRecord } from "./read_text.ts";

/** What a comment with the data of a run begins with. */
const COMMENT = "profsrv-routes ";
/** The name of the file within the gzip file. */
const INNER_NAME = "profsrv-routes.pb";
/** Where that name begins. https://www.rfc-editor.org/rfc/rfc1952#page-5 */
const NAME_OFFSET = 10;

/** How much of a file is needed for `isRoutesFile`. */
export const ROUTES_HEAD = NAME_OFFSET + INNER_NAME.length;

/** Whether a file that begins so was written by `writeRoutes`; what is no UTF-8 may stand for one character each. */
export function isRoutesFile(head: string): boolean {
  return head.slice(NAME_OFFSET, ROUTES_HEAD) === INNER_NAME;
}

/** The content of the file. Pure: the same profiles, the same bytes. */
export function writeRoutes({ run, unit, frames, stacks, routes }: RouteProfiles): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const { scale } = MEASURES[unitOf({ unit })];
  const profile = new PprofProfile({
    stringTable,
    ...sampleTypes(text, unitOf({ unit })),
    comment: [text(COMMENT + JSON.stringify({ v: 1, run }))],
    ...functionsOf(frames, text),
    sample: routes.flatMap(({ name, requests, stacks: sums }) => {
      const label = [{ key: text("route"), str: text(name) }, { key: text("requests"), num: requests }];
      return sums.map(({ stack, samples, time }) => ({
        locationId: locationsOf(stack, stacks),
        value: [samples, time * scale],
        label,
      }));
    }),
  });
  return gzipSync(profile.encode(), { mtime: 0, filename: INNER_NAME });
}

/**
 * The profiles in such a file, which may come from anywhere.
 *
 * @throws `FormatError`
 */
export function readRoutes(content: Uint8Array): RouteProfiles {
  const { file, text } = decodePprof(content);
  const tables = new Tables();
  const { unit, totals } = totalsOf(file, text, tables);
  const routes = new Map<
    string,
    { name: string; requests: number; stacks: RouteProfile["stacks"][number][] }
  >();
  for (const [i, { stack, time, count }] of totals.entries()) {
    const { label } = file.sample[i]!;
    const find = (key: string) => label.find((it) => text(it.key) === key);
    const name = text(find("route")?.str ?? 0);
    if (name === "") throw new FormatError(`sample ${i} is of no route`);
    const requests = Number(find("requests")?.num ?? 0);
    const route = routes.get(name) ?? { name, requests, stacks: [] };
    routes.set(name, route);
    route.stacks.push({ stack, samples: count, time });
  }
  const { stacks } = tables;
  const frames = tables.frames.map((frame) => ({ ...frame, url: scriptUrl(frame.url) }));
  return { run: runIn(file.comment.map(text)), unit, frames, stacks, routes: [...routes.values()] };
}

function runIn(comments: readonly string[]): string {
  const own = comments.find((it) => it.startsWith(COMMENT)) ?? "";
  let value: unknown;
  try {
    value = JSON.parse(own.slice(COMMENT.length));
  } catch {
    throw new FormatError("it does not say which run it is of");
  }
  if (isRecord(value) && value["v"] === 1 && typeof value["run"] === "string") return value["run"];
  throw new FormatError("it does not say which run it is of, or a newer profsrv wrote it");
}
