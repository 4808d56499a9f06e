/** Finishes a run whose profsrv was killed, from what its servers told. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type EarlierPart, startCollector } from "../collector/mod.ts";
import { readIndex } from "../store/read_run.ts";
import { contentOf } from "../files/directories.ts";
import { identityAt } from "../files/exclusive_file.ts";
import { hasFailed } from "../profile/request.ts";
import { type IndexEntry, rowOf } from "../store/entry.ts";
import { type KeptFiles, rankOf } from "../store/retention.ts";
import { RouteSums } from "../store/route_sums.ts";
import { readRoutesFile } from "../store/routes_file.ts";
import { runIdOf } from "../store/run_file.ts";
import { describeSpool, type FoundSpool } from "../launch/mod.ts";
import { version } from "../version.ts";
import { parseArguments } from "./args.ts";
import { counted } from "./counted.ts";
import type { Reporter } from "./reporter.ts";

/** Writes what is left in a spool that nobody reads any more, as the run would have, and removes it. */
export async function recover(spool: FoundSpool, reporter: Reporter): Promise<void> {
  const { path, manifest } = spool;
  const { directory, command, inbox, agentPath } = manifest;
  const options = parseArguments([...manifest.options, "--", ...command]);
  if (options.kind !== "run") return;
  const before = await earlierPart(spool, reporter);
  // Now it is ours: who else asks for this run meanwhile is told that it goes on.
  describeSpool(path, manifest);
  let recovered = 0;
  const collector = startCollector({
    ...options,
    directory,
    spool: path,
    inbox: join(path, inbox),
    agentPath,
    version,
    startedOn: manifest.startedOn,
    before,
    onRequests: (entries) => void (recovered += entries.length),
    onListening: () => {},
    onRaise: () => {},
    onSpoolGone: () => false,
    onNotice: (text) => reporter.notice(text),
    onDebug: (text) => {
      if (process.env["PROFSRV_DEBUG"]) reporter.notice(text);
    },
  });
  const { survivors } = await collector.finish({});
  reporter.notice(
    `profsrv was killed in this run; ${recovered} more request${
      recovered === 1 ? " was" : "s were"
    } recovered`,
  );
  if (before.ids.size > 0) {
    reporter.notice("what profsrv had read of work outside requests before it was killed is lost");
  }
  if (survivors > 0) reporter.notice("its server is still running, and is no longer profiled");
  rmSync(path, { recursive: true, force: true });
}

async function earlierPart({ path, manifest }: FoundSpool, reporter: Reporter): Promise<EarlierPart> {
  const { directory, startedOn, inbox } = manifest;
  const ids = new Set<string>();
  const kept: KeptFiles[] = [];
  const routes = new RouteSums();
  let samples = 0;
  for (const entry of readIndex(directory, new Date(startedOn).toISOString())) {
    ids.add(entry.id);
    routes.add(entry);
    samples += entry.samples;
    const there = filesThere(directory, entry);
    if (there !== undefined) kept.push(there);
  }
  const missing = samples - addWritten(routes, directory, runIdOf(inbox));
  if (missing > 0) {
    reporter.notice(
      `${counted(missing, "sample")} of its last seconds ${
        missing === 1 ? "is" : "are"
      } missing in routes.pb.gz, which profsrv writes now and then`,
    );
  }
  return { endedOn: contentOf(join(path, inbox)).changedOn, ids, kept, routes };
}

/** Adds the samples of the run that were written; gives how many of requests these are. */
function addWritten(routes: RouteSums, directory: string, run: string): number {
  try {
    const written = readRoutesFile(directory);
    return written?.run === run ? routes.addSamples(written) : 0;
  } catch {
    return 0; // Damaged, or not ours: what comes is written where it may be.
  }
}

/** The profile files of a request; undefined if it has none any more. */
function filesThere(directory: string, entry: IndexEntry): KeptFiles | undefined {
  const files = entry.files.flatMap((name) => {
    const identity = identityAt(join(directory, name));
    return identity === undefined ? [] : [{ name, identity }];
  });
  const size = files.reduce((sum, { identity }) => sum + Number(identity.split(" ")[2]), 0);
  const rank = rankOf(entry.duration, hasFailed(entry));
  return files.length === 0 ? undefined : { route: rowOf(entry), rank, files, size };
}
