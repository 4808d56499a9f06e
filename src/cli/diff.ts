/** `profsrv diff`: read two runs, compare them, print what changed. */
import process from "node:process";
import { compareRuns, routesOver } from "../analysis/comparison.ts";
import { FileRefused } from "../files/refused.ts";
import type { ChildExit } from "../launch/mod.ts";
import { reasonOf } from "../system_error.ts";
import type { DiffOptions } from "./diff_options.ts";
import { paintFor } from "./colours.ts";
import { type ComparedRun, readComparedRun } from "./compared_run.ts";
import { diffJson } from "./diff_json.ts";
import { diffMarkdown } from "./diff_markdown.ts";
import { diffText } from "./diff_text.ts";
import { directoryOf } from "./find_run.ts";
import { damageNotes } from "./run_notes.ts";
import { startProgress } from "./progress.ts";
import type { Reporter } from "./reporter.ts";

/** `--fail-over` found something. */
const OVER = 1;
/** There is no such run. */
const NO_RUN = 2;

/** Prints what changed to stdout. Gives how we are to end. */
export async function diff(options: DiffOptions, reporter: Reporter): Promise<ChildExit> {
  const runs: ComparedRun[] = [];
  for (const path of [options.before, options.after]) {
    const run = await read(path, reporter);
    if (run === undefined) return { code: NO_RUN };
    runs.push(run);
  }
  const [before, after] = runs as [ComparedRun, ComparedRun];
  const comparison = compareRuns(before, after);
  const over = options.failOver === undefined ? [] : routesOver(comparison, options.failOver);
  const { failOver } = options;
  const subject = { before, after, comparison, ...(failOver === undefined ? {} : { failOver }) };
  print(
    options.shape === "json"
      ? diffJson(subject)
      : options.shape === "md"
      ? diffMarkdown(subject)
      : diffText(subject, paintFor(process.stdout.isTTY === true, process.env)),
  );
  for (const run of runs) {
    const { path, record, unusable } = run;
    if (unusable !== undefined) reporter.notice(`"${path}": ${unusable}`);
    for (const note of damageNotes(record, run)) reporter.notice(`"${path}": ${note}`);
    if (record.end === null) {
      reporter.notice(
        `"${path}" has no end: the run goes on, or profsrv was killed; what a killed one left is written by profsrv report ${path}`,
      );
    }
  }
  if (options.failOver !== undefined && comparison.routes.every(({ verdict }) => verdict === "unknown")) {
    reporter.notice("--fail-over could not tell: no route has enough requests in both runs");
  }
  return { code: over.length > 0 ? OVER : 0 };
}

async function read(path: string, reporter: Reporter): Promise<ComparedRun | undefined> {
  const progress = startProgress();
  try {
    const run = await readComparedRun(path, directoryOf(path), progress);
    if (run !== undefined) return run;
    reporter.error(`Cannot compare "${path}": there is no run.json of a run in it`);
  } catch (error) {
    if (!(error instanceof FileRefused) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    progress.clear();
    reporter.error(`Cannot compare "${path}": ${reasonOf(error)}`);
  } finally {
    progress.clear();
  }
  return undefined;
}

function print(text: string): void {
  process.stdout.on("error", () => {}); // `profsrv diff a b | head -1` is no failure.
  process.stdout.write(text);
}
