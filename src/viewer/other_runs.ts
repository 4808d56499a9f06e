/** Runs that can be compared with: by number, so that a page names no path. */
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { Comparison } from "../analysis/comparison.ts";
import { measuredUnlike, optionsOf, whyNoFunctions } from "../analysis/measured_alike.ts";
import { scriptPath } from "../profile/frames.ts";
import { readRunRecord, type RunRecord } from "../store/read_run.ts";
import type { Compared, OtherRun } from "./api.ts";
import { MergedProfiles } from "./merged.ts";
import { ViewedRun } from "./viewed_run.ts";

const MOST_RUNS = 100;

/** What only the command line can find out. */
export interface OtherRunsOptions {
  /** Directories without links in which runs of this user may be. */
  directories(): readonly string[];
  /** Compares the runs in two directories. */
  compare(before: string, after: string): Promise<Comparison>;
}

export class OtherRunList {
  readonly #own: string;
  readonly #options: OtherRunsOptions;
  /** By number. */
  readonly #known: string[] = [];
  #opened: { readonly directory: string; readonly merged: Promise<MergedProfiles> } | undefined;

  constructor(own: string, options: OtherRunsOptions) {
    this.#own = own;
    this.#options = options;
  }

  /** Those of the same project that there are now, the newest first. */
  list(): OtherRun[] {
    const directories = [...new Set(this.#options.directories())].filter((it) => it !== this.#own);
    const own = this.#read(this.#own)?.command.join("\0");
    return directories.flatMap((it) => this.#read(it) ?? [])
      .filter((it) => it.command.join("\0") === own || isBeside(it.directory, this.#own))
      .sort((a, b) => b.startedOn - a.startedOn).slice(0, MOST_RUNS);
  }

  /** The run with this number; undefined if there is none. */
  numbered(number: number): OtherRun | undefined {
    const directory = this.#known[number];
    return directory === undefined ? undefined : this.#read(directory);
  }

  async compare(base: OtherRun): Promise<Compared> {
    const { routes, functions } = await this.#options.compare(base.directory, this.#own);
    return {
      base,
      notes: notesOn(readRunRecord(base.directory), readRunRecord(this.#own)),
      routes,
      functions: functions.functions.map(({ frame, route, self: _self, total: _total, ...change }) => ({
        ...change,
        function: frame.name,
        file: scriptPath(frame.url),
        line: frame.line + 1,
        route,
      })),
      unit: functions.unit,
      functionsOfRoutes: functions.routes,
      common: functions.common,
      bothHave: routes.filter(({ requests: { before, after } }) => before > 0 && after > 0).map((it) =>
        it.route
      ),
    };
  }

  /** The merged profiles of another run; those of the last one asked for are kept. */
  merged({ directory }: OtherRun): Promise<MergedProfiles> {
    if (this.#opened?.directory !== directory) this.#opened = { directory, merged: readMerged(directory) };
    return this.#opened.merged;
  }

  #read(directory: string): OtherRun | undefined {
    try {
      const record = readRunRecord(directory);
      if (record === undefined) return undefined;
      const known = this.#known.indexOf(directory);
      const number = known < 0 ? this.#known.push(directory) - 1 : known;
      const { command, start, totals } = record;
      const { requests } = totals;
      const measured = optionsOf(record);
      return { number, directory, command, startedOn: Date.parse(start), requests, measured };
    } catch {
      return undefined; // Not for us, or no run.
    }
  }
}

function notesOn(before: RunRecord | undefined, after: RunRecord | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const why = whyNoFunctions(before, after);
  return [...measuredUnlike(before, after), ...(why === undefined ? [] : [why])];
}

/** Whether somebody put two runs into one folder. The system's temporary directory holds those of all projects. */
function isBeside(directory: string, other: string): boolean {
  const folder = dirname(directory);
  return folder === dirname(other) && folder !== realpathSync(tmpdir());
}

async function readMerged(directory: string): Promise<MergedProfiles> {
  const run = new ViewedRun(directory, () => false);
  await run.read();
  return new MergedProfiles(run);
}
