/** All processes and threads of a run that serve, or did. */
import { isAlive } from "../process_alive.ts";
import type { Redaction } from "../naming/mod.ts";
import type { Transform } from "../profile/transforms.ts";
import type { Cost } from "../protocol/messages.ts";
import type { SpoolFile } from "../protocol/spool_file.ts";
import type { Milliseconds } from "../units.ts";
import type { RunTotals } from "./entry.ts";
import { ProcessRecord } from "./process.ts";
import { ProcessSources, type Sources } from "./sources.ts";

/** A process or thread that has not said goodbye. */
export interface ServingProcess {
  readonly pid: number;
  /** Signals that would end it, because nobody in it listens for them, and since when; milliseconds of `performance.now`. */
  readonly endingSince: ReadonlyMap<string, Milliseconds>;
  /** When it told something last, on the same clock. */
  readonly heardAt: Milliseconds;
}

/** Their records, by stream. */
export class Processes {
  readonly #records = new Map<string, { readonly pid: number; readonly record: ProcessRecord }>();
  readonly #steps: readonly Transform[];
  readonly #sources: Sources;
  readonly #redaction: Redaction;

  /** `steps` clean each request's profile, `redaction` its URL. */
  constructor(steps: readonly Transform[], sources: Sources, redaction: Redaction) {
    this.#redaction = redaction;
    this.#steps = steps;
    this.#sources = sources;
  }

  get size(): number {
    return this.#records.size;
  }

  /** The record of a stream; a new one when it is first heard of. */
  of({ stream, pid, instance }: SpoolFile): ProcessRecord {
    const known = this.#records.get(stream)?.record;
    if (known !== undefined) return known;
    const record = new ProcessRecord(
      instance,
      this.#steps,
      new ProcessSources(this.#sources),
      this.#redaction,
    );
    this.#records.set(stream, { pid, record });
    return record;
  }

  /** All of them. */
  all(): ProcessRecord[] {
    return [...this.#records.values()].map(({ record }) => record);
  }

  /** Those that still run and have not said goodbye. */
  serving(): ServingProcess[] {
    return [...this.#records.values()].filter(({ pid, record }) => record.bye === undefined && isAlive(pid))
      .map(({ pid, record: { endingSince, heardAt } }) => ({ pid, endingSince, heardAt }));
  }

  /** Names and versions of their runtimes, each once. */
  runtimes(): string[] {
    return [...new Set(this.all().flatMap(({ info }) => info?.runtime ?? []))];
  }

  /** Their samples, and what profiling cost them; a process that was killed could not say. */
  sum(): Pick<RunTotals, "samples" | "cost"> {
    const records = this.all();
    const samples = { attributed: 0, unattributed: 0, idle: 0 };
    for (const record of records) {
      samples.attributed += record.samples.attributed;
      samples.unattributed += record.samples.unattributed;
      samples.idle += record.samples.idle;
    }
    return { samples, cost: sumOf(records.flatMap(({ bye }) => bye ?? [])) };
  }
}

function sumOf(costs: readonly Cost[]): Cost {
  const sum = (of: keyof Cost) => costs.reduce((total, cost) => total + cost[of], 0);
  return {
    startTime: sum("startTime"),
    stopTime: sum("stopTime"),
    turns: sum("turns"),
    turnTime: sum("turnTime"),
    longestTurn: Math.max(0, ...costs.map(({ longestTurn }) => longestTurn)),
    notices: sum("notices"),
    noticeTime: sum("noticeTime"),
    bytes: sum("bytes"),
  };
}
