/** `run.json`: what was run, how, and what came of it. Written when the run begins and again when it ends. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { COUNTING_COST, HEAP_COST } from "../profile/function_calls.ts";
import type { Profiler } from "../protocol/modes.ts";
import type { Bytes, Microseconds } from "../units.ts";
import type { RunTotals } from "./entry.ts";
import { runFile } from "./own_files.ts";

/** What is known of a run when it begins. */
export interface RunStart {
  readonly version: string;
  /** Unique. */
  readonly run: string;
  readonly command: readonly string[];
  /** Of CPU time. */
  readonly interval: Microseconds;
  /** Of allocations. */
  readonly heapInterval?: Bytes;
  /** What profiles are of; CPU time if absent. */
  readonly profiler?: Profiler;
  /** The server handles one request at a time. */
  readonly serial?: boolean;
}

/** The id of the run that this is the inbox of. It may be told; the inbox's name may not, as who knows it can write there. */
export function runIdOf(inbox: string): string {
  return createHash("sha256").update(basename(inbox)).digest("hex").slice(0, 12);
}

/** How the command ended. */
export interface RunExit {
  readonly code?: number;
  readonly signal?: string;
}

/**
 * The content of `run.json`; times in milliseconds, instants in ISO 8601. `end` is null while the run goes on; `exit` also
 * after it if nobody saw how the command ended.
 */
export function runRecord(
  start: RunStart,
  totals: RunTotals,
  end: { exit: RunExit | null; runtimes: readonly string[] } | null,
): object {
  const { attributed, unattributed, idle } = totals.samples;
  return {
    v: 1,
    profsrv: start.version,
    run: start.run,
    command: start.command,
    // With `--profiler heap` no CPU time is sampled.
    interval: start.profiler === "heap" ? null : start.interval,
    ...(start.profiler === "heap" ? { heapInterval: start.heapInterval } : {}),
    start: new Date(totals.startedOn).toISOString(),
    end: end === null ? null : new Date(totals.endedOn).toISOString(),
    exit: end === null ? null : end.exit,
    runtimes: end === null ? [] : end.runtimes,
    totals: {
      requests: totals.requests,
      files: totals.files,
      limited: totals.limited,
      processes: totals.processes,
      listening: totals.listening,
    },
    ...runParts(totals.outside),
    ...(totals.leftOut === undefined ? {} : { leftOut: totals.leftOut }),
    attribution: { attributed, unattributed, idle, coverage: coverageOf(totals.samples) },
    cost: totals.cost,
    drops: totals.drops,
    clamped: totals.clamped,
    mended: totals.mended,
    isLoaded: totals.isLoaded,
    silent: totals.silent,
    oldNodes: totals.oldNodes ?? [],
    refusals: totals.refusals ?? [],
    profiler: start.profiler ?? "cpu",
    serial: start.serial === true,
    ...(totals.beside === undefined ? {} : { beside: totals.beside }),
    ...(start.profiler === "heap" ? { heap: HEAP_COST } : {}),
    ...(totals.areCallsCounted ? { calls: COUNTING_COST } : {}),
  };
}

function runParts(outside: RunTotals["outside"]): object {
  if (outside === undefined) return {};
  const { time, functions, files, after, isPartial } = outside;
  return { outside: { time, functions, isPartial }, files, after };
}

/** The share of the samples in which something ran that went to a request; null if there were none. */
export function coverageOf({ attributed, unattributed }: RunTotals["samples"]): number | null {
  const all = attributed + unattributed;
  return all === 0 ? null : attributed / all;
}

/** Writes `run.json`. Throws if the disk does not take it, or what stands there is not ours. */
export function writeRunFile(directory: string, record: object): void {
  runFile(directory).replace(JSON.stringify(record, null, 2) + "\n");
}
