/** `profsrv convert --merge`: one profile for each route of a run, of all its requests. */
import { setImmediate } from "node:timers/promises";
import { mergedProfile } from "../analysis/merged_profile.ts";
import { FileRefused } from "../files/refused.ts";
import { safeName } from "../naming/mod.ts";
import type { RouteProfiles } from "../profile/route_profiles.ts";
import { readRunRecord } from "../store/read_run.ts";
import { readRoutesFile } from "../store/routes_file.ts";
import { reasonOf } from "../system_error.ts";
import type { ConvertOptions } from "./args.ts";
import { counted } from "./counted.ts";
import type { Progress } from "./progress.ts";
import type { Reporter } from "./reporter.ts";
import { BadFile, refuseUnit, writeProfile } from "./write_profile.ts";

/** Writes them into the run's directory or `out`; says what was written. `isStopped` is asked between two of them. */
export async function convertMerged(
  { path, out, formats }: ConvertOptions,
  { reporter, progress, isStopped }: {
    readonly reporter: Reporter;
    readonly progress: Progress;
    isStopped(): boolean;
  },
): Promise<void> {
  const profiles = read(path, reporter);
  refuseUnit(profiles, formats, `Cannot merge "${path}"`);
  let files = 0;
  for (const { name } of profiles.routes) {
    progress.show(`writing ${name}`);
    // Lets a signal come through: between two files nothing is half-written.
    await setImmediate();
    if (isStopped()) return;
    const candidate = (extension: string, n: number) =>
      safeName([`merged.${fileNameOf(name)}`], extension).candidate(n);
    const place = { root: out ?? path, below: [], candidate };
    files += writeProfile(mergedProfile(profiles, name)!, formats, place).length;
  }
  progress.clear();
  reporter.notice(
    `${counted(profiles.routes.length, "route")} merged, ${counted(files, "file")} written to ${out ?? path}`,
  );
}

function read(path: string, reporter: Reporter): RouteProfiles {
  const refused = (reason: string) => new BadFile(`Cannot merge "${path}": ${reason}`);
  try {
    const record = readRunRecord(path);
    if (record === undefined) throw refused("there is no run.json of a run in it");
    const profiles = readRoutesFile(path);
    if (profiles === undefined) {
      throw refused(
        `it has no routes.pb.gz, which runs of older versions do not write; this one is of profsrv ${record.profsrv}`,
      );
    }
    if (profiles.run !== record.run) throw refused("its routes.pb.gz is of another run than its run.json");
    if (profiles.routes.length === 0) throw refused("its routes.pb.gz holds no request");
    if (record.end === null) {
      reporter.notice(
        `"${path}" has no end: requests of its last seconds may be missing; a killed run is finished by profsrv report`,
      );
    }
    return profiles;
  } catch (error) {
    if (error instanceof FileRefused) throw refused(error.reason);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw refused(reasonOf(error));
  }
}

/** `GET /users/:id` as `GET.users.:id`, as `{method}.{path}` would have it; `(outside requests)` as `outside.requests`. */
function fileNameOf(name: string): string {
  const special = /^\((.*)\)$/.exec(name)?.[1];
  if (special !== undefined) return special.replaceAll(" ", ".");
  const method = name.slice(0, name.indexOf(" ") + 1).trim();
  const path = name.slice(method.length).trim().replace(/^\/+|\/+$/g, "").replaceAll("/", ".");
  return `${method}.${path === "" ? "root" : path}`;
}
