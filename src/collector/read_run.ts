/** Reads what a run left behind: `run.json` and the lines of `index.ndjson`. */
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { IndexEntry, RunTotals } from "./entry.ts";
import type { RunExit } from "./run_file.ts";

/** `run.json`, as `runRecord` writes it. */
export interface RunRecord {
  readonly v: 1;
  readonly profsrv: string;
  readonly command: readonly string[];
  /** ISO 8601, as are all instants. */
  readonly start: string;
  /** Null while the run goes on, and after profsrv was killed. */
  readonly end: string | null;
  /** Null also if nobody saw how the command ended. */
  readonly exit: RunExit | null;
  readonly totals: Pick<RunTotals, "requests" | "files" | "limited" | "processes" | "isLoaded">;
  readonly attribution: RunTotals["samples"];
  readonly cost: RunTotals["cost"];
  readonly drops: RunTotals["drops"];
  /** Absent in runs of version 0.1 and older. */
  readonly clamped?: number;
  readonly spool?: string;
}

/**
 * The `run.json` of a directory; undefined if it holds none of ours.
 *
 * @throws if it cannot be read for another reason than that it is not there
 */
export function readRunRecord(directory: string): RunRecord | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, "run.json"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const record = parse<RunRecord>(text);
  return record?.v === 1 && typeof record.profsrv === "string" ? record : undefined;
}

/** The requests of a run in the order in which they ended; of several runs in one directory those of the last. */
export async function* readIndex(directory: string, since: string): AsyncGenerator<IndexEntry> {
  const input = createReadStream(join(directory, "index.ndjson"), "utf8");
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const entry = parse<IndexEntry>(line);
      if (entry !== undefined && entry.start >= since) yield entry;
    }
  } catch (error) {
    // No request came.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
