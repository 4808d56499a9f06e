/** One of the runs that are compared: its requests, and the functions in as many of its profiles as are read. */
import { setImmediate } from "node:timers/promises";
import { addToSeries, type RunSeries, type WrittenRequest } from "../analysis/route_series.ts";
import { type ProfiledRun, RunFunctions } from "../analysis/run_functions.ts";
import { FileRefused } from "../files/refused.ts";
import { unitOf } from "../profile/model.ts";
import { OUTSIDE } from "../profile/request.ts";
import { OTHER } from "../store/entry.ts";
import { readProfile } from "../store/read_profile.ts";
import { readIndex, readRunRecord, type RunRecord } from "../store/read_run.ts";
import { readRoutesFile } from "../store/routes_file.ts";
import type { Bytes } from "../units.ts";
import { counted } from "./counted.ts";
import type { Progress } from "./progress.ts";

/** Profiles read of a run at most, */
const MOST_PROFILES = 10_000;
/** and their size. */
const MOST_BYTES: Bytes = 512 * 1024 * 1024;
/** Requests read without a pause. */
const TOGETHER = 500;

export interface ComparedRun extends ProfiledRun {
  /** As the user gave it. */
  readonly path: string;
  readonly record: RunRecord;
  /** All requests of the run. */
  readonly requests: number;
  /** Requests that are not compared: they did not finish, or their route is one too many. */
  readonly leftOut: number;
  /** Lines of the index that are none. */
  readonly damaged: number;
  /** Profiles that were read, that the index names but are gone, and that cannot be read. */
  readonly profiles: Readonly<Record<"found" | "missing" | "unreadable", number>>;
  /** Why its `routes.pb.gz` could not be read, where that is so. */
  readonly unusable: string | undefined;
}

/**
 * Reads a run; undefined if there is none in the directory.
 *
 * @throws `FileRefused`, or what the system says
 */
export async function readComparedRun(
  path: string,
  directory: string,
  progress: Progress,
): Promise<ComparedRun | undefined> {
  const record = readRunRecord(directory);
  if (record === undefined) return undefined;
  const series: RunSeries = new Map();
  let [requests, leftOut, damaged] = [0, 0, 0];
  for (const entry of readIndex(directory, record.start, () => damaged++)) {
    // The viewer answers others meanwhile.
    if (requests++ % TOGETHER === 0) await setImmediate();
    if (entry.outcome !== "finished" || !addToSeries(series, entry, requests)) leftOut++;
  }
  const functions = new RunFunctions(record.profiler === "heap" ? "bytes" : "microseconds");
  const unusable = addSums(functions, directory, record);
  const profiles = { found: 0, missing: 0, unreadable: 0 };
  const chosen = choose(series);
  let size = 0;
  for (const [done, { route, request }] of chosen.entries()) {
    progress.show(`${path}: ${done} of ${counted(chosen.length, "profile")}`);
    if (size > MOST_BYTES) break;
    await setImmediate();
    const result = readProfile(directory, request);
    profiles[result.kind]++;
    if (result.kind !== "found") {
      functions.lost.add(route);
      continue;
    }
    size += result.size;
    // Shares of bytes say nothing of how times are divided.
    if (unitOf(result.profile.profile) !== functions.unit) continue;
    functions.add(route, request, result.profile.profile);
  }
  progress.clear();
  return { path, record, requests, leftOut, damaged, profiles, unusable, series, functions };
}

/** Adds what `routes.pb.gz` holds; gives the reason where it is of no use. */
function addSums(functions: RunFunctions, directory: string, { run }: RunRecord): string | undefined {
  try {
    const sums = readRoutesFile(directory);
    if (sums === undefined || sums.run !== run || unitOf(sums) !== functions.unit) return undefined;
    for (const route of sums.routes) {
      if (route.name !== OUTSIDE && route.name !== OTHER) functions.addMerged(sums, route);
    }
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return error.reason;
  }
  return undefined;
}

/**
 * Those of the requests whose profiles are read: as many of each route as its part of all the cpu, evenly over its time.
 * In the order of that time over all routes, so that reading may stop anywhere.
 */
function choose(series: RunSeries): { route: string; request: WrittenRequest; at: number }[] {
  const routes = [...series.values()].filter(({ written }) => written.length > 0);
  const weights = routes.map(({ cpu }) => cpu.reduce((sum, it) => sum + it, 0));
  const whole = weights.reduce((sum, it) => sum + it, 0);
  const fits = routes.reduce((sum, { written }) => sum + written.length, 0) <= MOST_PROFILES;
  return routes.flatMap(({ name, written }, index) => {
    const part = whole > 0 ? weights[index]! / whole : 1 / routes.length;
    const count = fits ? written.length : Math.min(written.length, Math.ceil(part * MOST_PROFILES));
    return Array.from({ length: count }, (_, at) => ({
      route: name,
      request: written[Math.floor(at * written.length / count)]!,
      at: at / count,
    }));
  }).sort((a, b) => a.at - b.at);
}
