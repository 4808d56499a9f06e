/** `profsrv report`: find the run, finish it where profsrv was killed, read it, print what it came to. */
import { resolve } from "node:path";
import process from "node:process";
import { MostOf } from "../analysis/most_of.ts";
import type { IndexEntry } from "../store/entry.ts";
import type { TakeRequest } from "../store/counted_lines.ts";
import { countIndex, readRunRecord, type RunRecord } from "../store/read_run.ts";
import type { CountedEntry } from "../store/scan_entry.ts";
import type { ChildExit } from "../launch/mod.ts";
import { FilesThere } from "../files/files_below.ts";
import { FileRefused } from "../files/refused.ts";
import { reasonOf } from "../system_error.ts";
import type { ReportOptions } from "./args.ts";
import { type ChosenRoute, chosenRoute, isCalled } from "./chosen_route.ts";
import { paintFor } from "./colours.ts";
import { culpritLines } from "./culprit_lines.ts";
import { openRun } from "./find_run.ts";
import { localTime } from "./lines.ts";
import { newestRun } from "./newest_run.ts";
import { ownName } from "./own_name.ts";
import { printable, shortened } from "./printable.ts";
import { reportData } from "./report_data.ts";
import { reportedFunctions } from "./report_profiles.ts";
import { reportMarkdown, reportText } from "./report_text.ts";
import { countRequest, emptyTable, type RouteTable } from "../analysis/routes.ts";
import { damageNotes, type ReadIndex, runNotes, totalsOf } from "./run_notes.ts";
import { summaryText } from "./summary.ts";
import type { Reporter } from "./reporter.ts";

/** There is no such run. */
const NO_RUN = 2;
const MOST_OF_A_COMMAND = 2000;

/** Of so many requests the profiles are read. */
const MOST_PROFILES = 50;

/** Prints a report to stdout. Gives how we are to end. */
export async function report(options: ReportOptions, reporter: Reporter): Promise<ChildExit> {
  const { path } = options;
  const directory = path === undefined ? newestRun() : resolve(path);
  if (directory === undefined) {
    reporter.error("There is no run of yours here: expected its directory, as in profsrv report profiles");
    return { code: NO_RUN };
  }
  try {
    print(await reportOn(directory, options, reporter));
    return { code: 0 };
  } catch (error) {
    const isKnown = error instanceof FileRefused || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isKnown) throw error;
    reporter.error(`Cannot report on "${path ?? directory}": ${reasonOf(error)}`);
    return { code: NO_RUN };
  }
}

async function reportOn(directory: string, options: ReportOptions, reporter: Reporter): Promise<string> {
  const { directory: real, spools } = await openRun(directory, reporter);
  const record = readRunRecord(real);
  if (record === undefined) throw new FileRefused(real, "there is no run.json in it");
  const isOver = record.end !== null;
  const reader = isOver ? undefined : spools.find((it) => it.reader !== undefined)?.reader;
  const read = new ReadRequests(options);
  const known = readRequests(record, real, read);
  const totals = totalsOf(record, known);
  const only = read.subject(real);
  const notes = damageNotes(record, known);
  const problems: string[] = [];
  const profiles = reportedFunctions({
    directory: real,
    run: record.run,
    only,
    busiest: read.busiest.entries,
    all: options.all,
    onProblem: (text) => problems.push(text),
  });
  for (const note of [...notes, ...problems]) reporter.notice(note);
  const { table } = read;
  const exit = record.exit ?? {};
  const isMissing = totals.requests === 0 && notes.length > 0;
  const data = reportData({
    directory,
    record,
    state: stateOf(record, reader),
    totals,
    notes: [...problems, ...runNotes(record, known)],
    table,
    slowest: read.slowest.entries,
    profiles,
    only,
    top: options.top,
  });
  if (options.as === "json") return `${JSON.stringify(data, null, 2)}\n`;
  if (options.as === "md") return reportMarkdown(data, data.only === null ? culpritLines(table) : []);
  const paint = paintFor(process.stdout.isTTY === true, process.env);
  const width = process.stdout.columns;
  const program = ownName();
  const summary = data.only === null && !isMissing
    ? summaryText({ table, totals, directory, isOver, exit, width, program }, paint)
    : "";
  return `${head(record, data.state)}\n${summary}${
    totals.requests === 0 ? "" : reportText(data, { paint, width, program })
  }`;
}

/** The requests of a run as they are read, and those that the report is about. */
class ReadRequests {
  readonly table: RouteTable = emptyTable();
  readonly slowest: MostOf;
  /** Those of them with most CPU that have a profile. */
  readonly busiest = new MostOf(MOST_PROFILES);
  readonly #options: ReportOptions;
  /** Whether the requests of a row are among them. */
  readonly #isMeant = new Map<string, boolean>();

  constructor(options: ReportOptions) {
    this.#options = options;
    this.slowest = new MostOf(options.top);
  }

  add(entry: CountedEntry, whole: () => IndexEntry): void {
    const { route, request } = this.#options;
    const name = countRequest(this.table, entry, whole);
    if (route !== undefined && !this.#isCalled(name, route)) return;
    if (request !== undefined && entry.id !== request) return;
    this.slowest.add(entry.duration, whole);
    // Why the one that was asked for has none that is there is said.
    const hasProfile = entry.files.length > 0 || request !== undefined && whole().files.length > 0;
    if (hasProfile) this.busiest.add(entry.cpu, whole);
  }

  #isCalled(name: string, route: string): boolean {
    let isMeant = this.#isMeant.get(name);
    if (isMeant === undefined) this.#isMeant.set(name, isMeant = isCalled(name, route));
    return isMeant;
  }

  /** What the report is about; throws if there is no such thing. */
  subject(directory: string): { readonly route?: ChosenRoute; readonly request?: string } {
    const { route, request, top } = this.#options;
    if (request !== undefined) {
      if (this.slowest.entries.length === 0 && top > 0) {
        throw new FileRefused(directory, `it has no request with the id "${request}"`);
      }
      return { request };
    }
    if (route === undefined) return {};
    const chosen = chosenRoute(this.table, route);
    if (typeof chosen === "string") throw new FileRefused(directory, chosen);
    return { route: chosen };
  }
}

/** Reads the index; all its requests go to `read`. */
function readRequests(record: RunRecord, directory: string, read: ReadRequests): ReadIndex {
  let [requests, files, lastOn, damaged] = [0, 0, 0, 0];
  const there = new FilesThere(directory, { growing: record.end === null });
  const take: TakeRequest = (entry, whole) => {
    let left = entry.files;
    if (left.length > 0) {
      // The index names those that made room, too, or were removed.
      if (!left.every((file) => there.has(file))) left = left.filter((file) => there.has(file));
    }
    read.add(left === entry.files ? entry : { ...entry, files: left }, whole);
    requests++;
    files += left.length;
    if (record.end === null) lastOn = Math.max(lastOn, entry.startedOn + entry.duration);
  };
  countIndex(directory, record.start, { take, onDamaged: () => damaged++ });
  return { requests, damaged, files, lastOn };
}

/** Which run it was, and how it ended. */
function head({ command, start }: RunRecord, state: string): string {
  return `Run of ${localTime(start)}: ${
    printable(shortened(command.join(" "), MOST_OF_A_COMMAND))
  } (${state})`;
}

function stateOf({ end, exit }: RunRecord, reader: number | undefined): string {
  if (reader !== undefined) return `goes on, watched by process ${reader}`;
  if (end === null || exit === null) return "profsrv was killed";
  return exit.signal === undefined
    ? `ended with code ${exit.code ?? 0}`
    : `ended by ${printable(exit.signal)}`;
}

function print(text: string): void {
  process.stdout.on("error", () => {}); // `profsrv report | head -1` is no failure.
  process.stdout.write(text);
}
