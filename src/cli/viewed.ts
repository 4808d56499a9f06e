/** What the viewer's server needs of the command line: the runs of this user, and what people should know of one. */
import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { compareRuns } from "../analysis/comparison.ts";
import { FileRefused } from "../files/refused.ts";
import { pageGzip } from "../viewer/page_texts.ts";
import { type ServerOptions, startServer, type ViewServer } from "../viewer/server.ts";
import { ViewedRun } from "../viewer/viewed_run.ts";
import { type ComparedRun, readComparedRun } from "./compared_run.ts";
import { runPlaces } from "./newest_run.ts";
import { runNotes } from "./run_notes.ts";
import type { Reporter } from "./reporter.ts";

/** Everything of a run but where it is served. */
export type Viewed = Omit<ServerOptions, "port" | "onFailure">;

/** @throws `FileRefused`, or what the system says */
export function viewedRun(path: string, isWatched: () => boolean): Viewed {
  const directory = realpathSync(path);
  return {
    run: new ViewedRun(directory, isWatched),
    pageFiles: pageGzip,
    notesOn: (record, sums) => runNotes(record, sums).map((it) => it.replace(/^profsrv: /, "")),
    directories: () => [...runPlaces(process.cwd()), ...runPlaces(dirname(directory))].flatMap(realPath),
    async compare(before, after) {
      return compareRuns(await readWhole(before), await readWhole(after));
    },
  };
}

/** Serves it. Throws what the system says, as when the port is taken. */
export function serve(viewed: Viewed, port: number, reporter: Reporter): Promise<ViewServer> {
  return startServer({
    ...viewed,
    port,
    onFailure: (error) => reporter.error("The viewer cannot read all of the run", error),
  });
}

async function readWhole(directory: string): Promise<ComparedRun> {
  const run = await readComparedRun(directory, directory, { show() {}, clear() {} });
  if (run === undefined) throw new FileRefused(directory, "there is no run.json in it");
  return run;
}

function realPath(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return []; // It is gone.
  }
}
