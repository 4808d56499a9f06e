/** The run as a whole: the answer of `run`. */
import { formats } from "../formats/mod.ts";
import type { Culprit, Run } from "./api.ts";
import type { RunSums, ViewedRun } from "./viewed_run.ts";
import type { RunRecord } from "../store/read_run.ts";

const MOST_CULPRITS = 10;
const MOST_HELD_UP = 10;

/** What people should know of a run, a sentence each. Pure. */
export type NotesOn = (record: RunRecord, sums: RunSums) => readonly string[];

export function runAnswer(run: ViewedRun, notesOn: NotesOn): Run {
  const { record, sums, state } = run;
  const startedOn = Date.parse(record.start);
  const { requests, duration, cpu, blocked, wait, gc, failed, profiled } = sums;
  return {
    v: 1,
    version: run.version + run.table.version,
    directory: run.directory,
    command: record.command,
    state,
    exit: exitText(record),
    startedOn,
    endedOn: record.end === null ? Math.max(sums.lastOn, startedOn) : Date.parse(record.end),
    requests,
    read: run.share,
    duration,
    cpu,
    blocked,
    wait,
    gc,
    isHeap: run.routes.isHeap,
    failed,
    profiled,
    gone: run.profiles.gone,
    notes: run.isRead ? notesOn(record, sums) : [],
    culprits: culpritsOf(run),
    formats: formats.filter(({ units }) => units.includes(run.routes.isHeap ? "bytes" : "microseconds"))
      .map(({ id }) => id),
  };
}

function exitText({ end, exit }: RunRecord): string {
  if (end === null) return "";
  if (exit === null) return "nobody saw how the command ended";
  return exit.signal === undefined ? `ended with code ${exit.code ?? 0}` : `ended by ${exit.signal}`;
}

function culpritsOf({ routes: { culprits } }: ViewedRun): Culprit[] {
  return culprits.allBlockers().slice(0, MOST_CULPRITS).map((it) => ({
    ...it,
    hot: culprits.functions(it.name)[0] ?? null,
    heldUp: culprits.heldUpBy(it.name).slice(0, MOST_HELD_UP),
  }));
}
