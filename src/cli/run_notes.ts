/** What a run came to, and what people should know of it, from its `run.json` and what was read of its index. Pure. */
import { COUNTING_COST, HEAP_COST } from "../profile/function_calls.ts";
import type { RunTotals } from "../store/entry.ts";
import { outsideOf, type RunRecord } from "../store/read_run.ts";
import type { EpochMilliseconds } from "../units.ts";
import { besideText } from "./beside.ts";
import { SINCE_KILLED } from "./outside.ts";
import { counted } from "./counted.ts";
import { nothingCame, withoutProfile } from "./nothing_came.ts";

/** What was read of an index. */
export interface ReadIndex {
  readonly requests: number;
  /** Lines that are none. */
  readonly damaged: number;
  /** Profile files that it names and that are there. */
  readonly files: number;
  /** When the last request ended. */
  readonly lastOn: EpochMilliseconds;
}

/** What the run came to; while it goes on only its requests are known. */
export function totalsOf(record: RunRecord, { requests, files, lastOn }: ReadIndex): RunTotals {
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
    ...(record.beside === undefined ? {} : { beside: record.beside }),
    areCallsCounted: record.calls !== undefined,
  };
}

/** What is wrong with the index, if anything is. */
export function damageNotes(
  record: RunRecord,
  { requests, damaged }: Pick<ReadIndex, "requests" | "damaged">,
): string[] {
  const notes: string[] = [];
  const known = record.totals.requests;
  if (record.end !== null && requests + damaged < known) {
    notes.push(
      requests === 0
        ? `its index.ndjson is missing or empty, and run.json counts ${counted(known, "request")}`
        : `its index.ndjson has ${counted(requests, "request")}, and run.json counts ${known}`,
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

/** What is wrong with the index, why there are no requests, or which option left requests without a profile. */
export function runNotes(record: RunRecord, read: ReadIndex): string[] {
  const totals = totalsOf(record, read);
  const damage = damageNotes(record, read);
  const partial = totals.outside?.isPartial ? [`Work outside requests is not all known ${SINCE_KILLED}`] : [];
  const slowed = totals.areCallsCounted ? [COUNTING_COST] : [];
  const heap = record.profiler === "heap" ? [HEAP_COST] : [];
  if (read.requests > 0) {
    return [...damage, ...withoutProfile(totals), ...partial, ...slowed, ...heap, ...besideText(totals)];
  }
  if (damage.length > 0) return damage;
  return [nothingCame(totals, { isOver: record.end !== null, exit: record.exit ?? {} })];
}
