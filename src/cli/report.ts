/** `profsrv report`: find the run, finish it where profsrv was killed, read it, print what it came to. */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { MostOf } from "../analysis/most_of.ts";
import type { IndexEntry, RunTotals } from "../store/entry.ts";
import { outsideOf, readIndex, readRunRecord, type RunRecord } from "../store/read_run.ts";
import { type ChildExit, findSpools } from "../launch/mod.ts";
import { FileRefused } from "../files/refused.ts";
import { reasonOf } from "../system_error.ts";
import type { ReportOptions } from "./args.ts";
import { paintFor } from "./colours.ts";
import { counted } from "./counted.ts";
import { culpritLines } from "./culprit_lines.ts";
import { localTime } from "./lines.ts";
import { newestRun } from "./newest_run.ts";
import { nothingCame, withoutProfile } from "./nothing_came.ts";
import { printable, shortened } from "./printable.ts";
import { recover } from "./recover.ts";
import { reportData } from "./report_data.ts";
import { reportedFunctions } from "./report_profiles.ts";
import { reportMarkdown, reportText } from "./report_text.ts";
import { addRequest, emptyTable, type RouteTable, topRoutes } from "../analysis/routes.ts";
import { summaryText } from "./summary.ts";
import type { Voice } from "./voice.ts";

/** There is no such run. */
const NO_RUN = 2;
const MOST_OF_A_COMMAND = 2000;

/** Of so many requests the profiles are read. */
const MOST_PROFILES = 50;

/** Prints a report to stdout. Gives how we are to end. */
export async function report(options: ReportOptions, voice: Voice): Promise<ChildExit> {
  const { path } = options;
  const directory = path === undefined ? newestRun() : resolve(path);
  if (directory === undefined) {
    voice.error("There is no run of yours here: expected its directory, as in profsrv report profiles");
    return { code: NO_RUN };
  }
  try {
    print(await reportOn(directory, options, voice));
    return { code: 0 };
  } catch (error) {
    const isKnown = error instanceof FileRefused || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isKnown) throw error;
    voice.error(`Cannot report on "${path ?? directory}": ${reasonOf(error)}`);
    return { code: NO_RUN };
  }
}

async function reportOn(directory: string, options: ReportOptions, voice: Voice): Promise<string> {
  const real = realpathSync(directory);
  if (!statSync(real).isDirectory()) throw new FileRefused(real, `it is a file, expected a run's directory`);
  const spools = findSpools().filter(({ manifest }) => isSame(manifest.directory, real));
  for (const spool of spools) if (spool.reader === undefined) await recover(spool, voice);
  const record = readRunRecord(real);
  if (record === undefined) throw new FileRefused(real, "there is no run.json in it");
  const isOver = record.end !== null;
  const reader = isOver ? undefined : spools.find((it) => it.reader !== undefined)?.reader;
  const read = new ReadRequests(options);
  const totals = await totalsOf(record, real, read);
  const only = read.only(real);
  const notes = notesOn({ record, totals, damaged: read.damaged });
  const profiles = reportedFunctions({
    directory: real,
    run: record.run,
    only,
    busiest: read.busiest.entries,
    all: options.all,
    onProblem: (text) => notes.push(text),
  });
  for (const note of notes) voice.notice(note);
  const { table } = read;
  const exit = record.exit ?? {};
  const isMissing = totals.requests === 0 && notes.length > 0;
  const data = reportData({
    directory,
    record,
    state: stateOf(record, reader),
    totals,
    notes: [
      ...notes,
      ...(totals.requests > 0
        ? withoutProfile(totals)
        : isMissing
        ? []
        : [nothingCame(totals, { isOver, exit })]),
    ],
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
  const summary = data.only === null && !isMissing
    ? summaryText({ table, totals, directory, isOver, exit, width }, paint)
    : "";
  return `${head(record, data.state)}\n${summary}${
    totals.requests === 0 ? "" : reportText(data, { paint, width })
  }`;
}

/** The requests of a run as they are read, and those that the report is about. */
class ReadRequests {
  readonly table: RouteTable = emptyTable();
  readonly slowest: MostOf;
  /** Those of them with most CPU that have a profile. */
  readonly busiest = new MostOf(MOST_PROFILES, ({ cpu }) => cpu);
  damaged = 0;
  readonly #options: ReportOptions;
  readonly #routes = new Set<string>();

  constructor(options: ReportOptions) {
    this.#options = options;
    this.slowest = new MostOf(options.top, ({ duration }) => duration);
  }

  add(entry: IndexEntry): void {
    const { route, request } = this.#options;
    const name = addRequest(this.table, entry);
    if (route !== undefined && name !== route && !name.endsWith(` ${route}`)) return;
    if (request !== undefined && entry.id !== request) return;
    if (route !== undefined) this.#routes.add(name);
    this.slowest.add(entry);
    if (entry.files.length > 0) this.busiest.add(entry);
  }

  /** What the report is about; throws if there is no such thing. */
  only(directory: string): { readonly route?: string; readonly request?: string } {
    const { route, request, top } = this.#options;
    if (request !== undefined) {
      if (this.slowest.entries.length === 0 && top > 0) {
        throw new FileRefused(directory, `it has no request with the id "${request}"`);
      }
      return { request };
    }
    if (route === undefined) return {};
    const names = this.#routes.has(route) ? [route] : [...this.#routes];
    if (names.length === 1) return { route: names[0]! };
    const there = (names.length === 0 ? topRoutes(this.table, 5).map(({ name }) => name) : names).join(", ");
    throw new FileRefused(
      directory,
      names.length === 0
        ? `it has no route "${route}"; those with most time are ${there || "none"}`
        : `"${route}" is several routes: ${there}`,
    );
  }
}

/** What is wrong with the index, if anything is. */
function notesOn(
  { record, totals, damaged }: {
    readonly record: RunRecord;
    readonly totals: RunTotals;
    readonly damaged: number;
  },
): string[] {
  const notes: string[] = [];
  const known = record.totals.requests;
  if (record.end !== null && totals.requests + damaged < known) {
    notes.push(
      totals.requests === 0
        ? `its index.ndjson is missing or empty, and run.json counts ${counted(known, "request")}`
        : `its index.ndjson has ${counted(totals.requests, "request")}, and run.json counts ${known}`,
    );
  }
  if (damaged > 0) {
    const lines = damaged === 1
      ? "1 line of its index.ndjson is"
      : `${damaged} lines of its index.ndjson are`;
    notes.push(`${lines} damaged and left out`);
  }
  return notes;
}

function isSame(path: string, real: string): boolean {
  try {
    return realpathSync(path) === real;
  } catch {
    return false;
  }
}

/** What the run came to; all its requests go to `read`. While it goes on only they are known. */
async function totalsOf(record: RunRecord, directory: string, read: ReadRequests): Promise<RunTotals> {
  let [requests, files, lastOn] = [0, 0, 0];
  for (const entry of readIndex(directory, record.start, () => read.damaged++)) {
    read.add(entry);
    requests++;
    files += entry.files.length;
    if (record.end === null) lastOn = Math.max(lastOn, Date.parse(entry.start) + entry.duration);
  }
  const startedOn = Date.parse(record.start);
  const endedOn = record.end === null ? Math.max(lastOn, startedOn) : Date.parse(record.end);
  const { totals, attribution: samples, cost, drops, clamped = 0, isLoaded = true } = record;
  const outside = outsideOf(record);
  const { leftOut, silent = [], oldNodes = [], refusals = [] } = record;
  const processes = Math.max(totals.processes, requests > 0 ? 1 : 0);
  return {
    ...totals,
    processes,
    startedOn,
    endedOn,
    requests,
    files,
    survivors: 0,
    samples,
    ...(outside === undefined ? {} : { outside }),
    cost,
    drops,
    clamped,
    isLoaded,
    ...(leftOut === undefined ? {} : { leftOut }),
    silent,
    oldNodes,
    refusals,
  };
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
