/** Collects a run: reads what the agents tell, gives every request its files and its line, and closes the books. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { hideProfiler } from "../profile/hide_profiler.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { TroubleMessage } from "../protocol/messages.ts";
import { LOADED_FILE } from "../protocol/spool_file.ts";
import type { EpochMilliseconds, Milliseconds } from "../units.ts";
import { makeChooser } from "./choice.ts";
import type { IndexEntry, RunTotals } from "./entry.ts";
import { reasonOf } from "../system_error.ts";
import type { CollectorOptions, EarlierPart } from "./collector_options.ts";
import { denoDirectory } from "./deno_cache.ts";
import { startPaced } from "./pace.ts";
import { Processes, type ServingProcess } from "./processes.ts";
import { type RunExit, runRecord, writeRunFile } from "./run_file.ts";
import { Sources } from "./sources.ts";
import { Store } from "./store.ts";
import { type Batch, Tail } from "./tail.ts";

export type { CollectorOptions, EarlierPart, IndexEntry, RunExit, RunTotals, ServingProcess };

export { type Choice, EVERYTHING, parseRequestPattern, type RequestPattern } from "./choice.ts";
export { coverageOf } from "./run_file.ts";

/** How long processes that outlive the command are waited for, and how often we look. */
const FAREWELL: Milliseconds = 2000;
const LOOK: Milliseconds = 50;
/** So many lines at most are held back to be appended together. */
const TOGETHER = 256;

/** A run that is being collected. */
export interface Collector {
  /** Takes in what is still to come, closes the books and gives the totals. Call once, when the command has ended. */
  finish(exit: RunExit): Promise<RunTotals>;
  /** The processes and threads that serve. */
  serving(): ServingProcess[];
}

/** Starts to collect. */
export function startCollector(options: CollectorOptions): Collector {
  const run = new Run(options);
  const paced = startPaced(() => run.work());
  return {
    async finish(exit) {
      paced.stop();
      await run.drain(() => paced.catchUp());
      return run.close(exit);
    },
    serving: () => run.serving(),
  };
}

class Run {
  readonly #options: CollectorOptions;
  readonly #tail: Tail;
  readonly #store: Store;
  readonly #startedOn: EpochMilliseconds;
  readonly #processes: Processes;
  readonly #noticed = new Set<string>();
  readonly #drops = { windows: 0, requests: 0, switches: 0, unreadable: 0 };
  /** Whose lines are held back. */
  #untold: IndexEntry[] = [];
  #requests: number;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#startedOn = options.before?.startedOn ?? Date.now();
    this.#requests = options.before?.ids.size ?? 0;
    this.#tail = new Tail(options.inbox);
    this.#store = new Store({ ...options, isKept: makeChooser(options.choice) }, options.before?.files);
    const deno = denoDirectory(process.env, process.platform, homedir());
    const sources = new Sources({
      denoDirectory: deno && resolve(deno),
      onDebug: (text) => options.onDebug(text),
    });
    this.#processes = new Processes([hideProfiler(options.agentPath)], sources, options.redaction);
    writeRunFile(options.directory, runRecord(options, this.#totals(), null));
  }

  /** Takes in what there is, a request at a step. */
  *work(): Generator<void> {
    try {
      if (existsSync(this.#options.inbox)) {
        for (const batch of this.#tail.poll()) yield* this.#take(batch);
      } else {
        const { spool } = this.#options;
        const rest = this.#options.onSpoolGone()
          ? "those that are running are not profiled any more"
          : "nothing more of this run is profiled";
        this.#notice(`Somebody removed "${spool}", where servers tell what they do: ${rest}.`);
      }
    } catch (error) {
      this.#notice(sentence(error));
    }
    this.#store.flush();
    if (this.#store.limited > 0) {
      const { maxFiles, maxSize } = this.#options;
      this.#notice(
        `No more profiles are written: ${maxFiles} files or ${maxSize} bytes is the limit; requests are still listed.`,
      );
    }
    if (this.#store.lastError !== undefined) this.#noticeUnwritten(this.#store.lastError);
  }

  serving(): ServingProcess[] {
    return this.#processes.serving();
  }

  /** Until every process has said goodbye or is dead, for a limited time. */
  async drain(catchUp: () => void): Promise<void> {
    const deadline = Date.now() + FAREWELL;
    catchUp();
    while (this.serving().length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      catchUp();
    }
    catchUp();
  }

  close(exit: RunExit): RunTotals {
    const runtimes = this.#processes.runtimes();
    // Who was killed had told of its requests, if not of all their samples.
    for (const record of this.#processes.all()) for (const _ of this.#add(record.finish()));
    this.#tell();
    this.#store.close();
    const totals = this.#totals();
    try {
      const end = { exit: this.#options.before === undefined ? exit : null, runtimes };
      writeRunFile(this.#options.directory, runRecord(this.#options, totals, end));
    } catch (error) {
      this.#noticeUnwritten(error);
    }
    return totals;
  }

  #noticeUnwritten(error: unknown): void {
    this.#notice(
      `Cannot write profiles to "${this.#options.directory}": ${reasonOf(error)}; the server goes on.`,
    );
  }

  *#take({ stream, messages, unreadable }: Batch): Generator<void> {
    this.#drops.unreadable += unreadable;
    const record = this.#processes.of(stream);
    for (const message of messages) {
      const { address } = record;
      yield* this.#add(record.receive(message));
      if (record.address !== undefined && record.address !== address) {
        this.#options.onListening(record.address);
      }
    }
    this.#tell();
  }

  /** Writes what is new; a damaged message is counted. */
  *#add(events: Iterable<RequestProfile | TroubleMessage>): Generator<void> {
    try {
      for (const event of events) {
        if ("kind" in event) this.#trouble(event);
        else if (this.#options.before?.ids.has(event.id) !== true) {
          this.#requests++;
          this.#untold.push(this.#store.add(event));
          if (this.#untold.length >= TOGETHER) this.#tell();
          yield;
        }
      }
    } catch (error) {
      this.#drops.unreadable++;
      this.#notice(sentence(error));
    }
  }

  /** Who hears of a request finds it in the index. */
  #tell(): void {
    this.#store.flush();
    const entries = this.#untold;
    this.#untold = [];
    if (entries.length > 0) this.#options.onRequests(entries);
  }

  #trouble(trouble: TroubleMessage): void {
    this.#drops.windows += trouble.droppedWindows;
    this.#drops.requests += trouble.droppedRequests;
    this.#drops.switches += trouble.droppedSwitches;
    if (trouble.text !== "") this.#notice(`The agent reports: ${trouble.text}`);
  }

  #totals(): RunTotals {
    return {
      startedOn: this.#startedOn,
      endedOn: this.#options.before?.endedOn ?? Date.now(),
      requests: this.#requests,
      files: this.#store.files,
      limited: this.#store.limited,
      isLoaded: this.#processes.size > 0 || existsSync(join(this.#options.inbox, LOADED_FILE)),
      processes: this.#processes.size,
      survivors: this.serving().length,
      ...this.#processes.sum(),
      drops: { ...this.#drops, unwritten: this.#store.failures, unlisted: this.#store.unlisted },
    };
  }

  #notice(text: string): void {
    if (this.#noticed.has(text)) return;
    this.#noticed.add(text);
    this.#options.onNotice(text);
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
