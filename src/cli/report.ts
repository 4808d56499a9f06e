/** `profsrv report`: find the run, finish it where profsrv was killed, print what it came to. */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import type { RunTotals } from "../store/entry.ts";
import { readIndex, readRunRecord, type RunRecord } from "../store/read_run.ts";
import { type ChildExit, findSpools } from "../launch/mod.ts";
import { FileRefused } from "../files/refused.ts";
import { reasonOf } from "../system_error.ts";
import type { ReportOptions } from "./args.ts";
import { paintFor } from "./colours.ts";
import { localTime } from "./lines.ts";
import { newestRun } from "./newest_run.ts";
import { printable, shortened } from "./printable.ts";
import { recover } from "./recover.ts";
import { addRequest, emptyTable, type RouteTable } from "./routes.ts";
import { summaryText } from "./summary.ts";
import type { Voice } from "./voice.ts";

/** There is no such run. */
const NO_RUN = 2;
const MOST_OF_A_COMMAND = 2000;

/** Prints a run's summary to stdout. Gives how we are to end. */
export async function report({ path }: ReportOptions, voice: Voice): Promise<ChildExit> {
  const directory = path === undefined ? newestRun() : resolve(path);
  if (directory === undefined) {
    voice.error("There is no run of yours here: expected its directory, as in profsrv report profiles");
    return { code: NO_RUN };
  }
  try {
    return await reportOn(directory, voice);
  } catch (error) {
    if (!(error instanceof FileRefused) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    voice.error(`Cannot report on "${path ?? directory}": ${reasonOf(error)}`);
    return { code: NO_RUN };
  }
}

async function reportOn(directory: string, voice: Voice): Promise<ChildExit> {
  const real = realpathSync(directory);
  if (!statSync(real).isDirectory()) throw new FileRefused(real, `it is a file, expected a run's directory`);
  const spools = findSpools().filter(({ manifest }) => isSame(manifest.directory, real));
  for (const spool of spools) if (spool.reader === undefined) await recover(spool, voice);
  const record = readRunRecord(real);
  if (record === undefined) {
    voice.error(`Cannot report on "${directory}": there is no run.json in it`);
    return { code: NO_RUN };
  }
  const reader = spools.find((it) => it.reader !== undefined)?.reader;
  const table = emptyTable();
  const damaged = { lines: 0 };
  const totals = await totalsOf(record, real, { table, damaged });
  const paint = paintFor(process.stdout.isTTY === true, process.env);
  const isOver = record.end !== null;
  const exit = record.exit ?? {};
  const text = summaryText({ table, totals, directory, isOver, exit, width: process.stdout.columns }, paint);
  print(`${head(record, isOver ? undefined : reader)}\n${text}`);
  if (isOver && totals.requests < record.totals.requests - damaged.lines) {
    voice.notice(
      `its index.ndjson lacks requests: it has ${totals.requests}, and run.json counts ${record.totals.requests}`,
    );
  }
  if (damaged.lines > 0) {
    const lines = damaged.lines === 1
      ? "1 line of its index.ndjson is"
      : `${damaged.lines} lines of its index.ndjson are`;
    voice.notice(`${lines} damaged and left out`);
  }
  return { code: 0 };
}

function isSame(path: string, real: string): boolean {
  try {
    return realpathSync(path) === real;
  } catch {
    return false;
  }
}

/** What the run came to; fills the table and counts damaged lines. While it goes on only its requests are known. */
async function totalsOf(
  record: RunRecord,
  directory: string,
  { table, damaged }: { table: RouteTable; damaged: { lines: number } },
): Promise<RunTotals> {
  let [requests, files, lastOn] = [0, 0, 0];
  for await (const entry of readIndex(directory, record.start, () => damaged.lines++)) {
    addRequest(table, entry);
    requests++;
    files += entry.files.length;
    lastOn = Math.max(lastOn, Date.parse(entry.start) + entry.duration);
  }
  const startedOn = Date.parse(record.start);
  const endedOn = record.end === null ? Math.max(lastOn, startedOn) : Date.parse(record.end);
  const { totals, attribution: samples, cost, drops, clamped = 0, isLoaded = true } = record;
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
function head({ command, start, end, exit }: RunRecord, reader: number | undefined): string {
  const ending = reader !== undefined
    ? `goes on, watched by process ${reader}`
    : end === null || exit === null
    ? "profsrv was killed"
    : exit.signal !== undefined
    ? `ended by ${printable(exit.signal)}`
    : `ended with code ${exit.code ?? 0}`;
  return `Run of ${localTime(start)}: ${
    printable(shortened(command.join(" "), MOST_OF_A_COMMAND))
  } (${ending})`;
}

function print(text: string): void {
  process.stdout.on("error", () => {}); // `profsrv report | head -1` is no failure.
  process.stdout.write(text);
}
