/** Collects a run: reads what the agents tell, gives every request its files and its line, and closes the books. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import type { Template } from "../naming/mod.ts";
import type { Format } from "../formats/mod.ts";
import { hideProfiler } from "../profile/hide_profiler.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { TroubleMessage } from "../protocol/messages.ts";
import type { Bytes, EpochMilliseconds, Microseconds, Milliseconds } from "../units.ts";
import { type Choice, makeChooser } from "./choice.ts";
import type { IndexEntry, RunTotals } from "./entry.ts";
import { reasonOf } from "../system_error.ts";
import { denoDirectory } from "./deno_cache.ts";
import { Processes, type ServingProcess } from "./processes.ts";
import { type RunExit, runRecord, writeRunFile } from "./run_file.ts";
import { Sources } from "./sources.ts";
import { Store } from "./store.ts";
import { type Batch, Tail } from "./tail.ts";

export type { IndexEntry, RunExit, RunTotals, ServingProcess };
export { type Choice, EVERYTHING, parseRequestPattern, type RequestPattern } from "./choice.ts";
export { coverageOf } from "./run_file.ts";

/** How often the spool is looked at. */
const POLL: Milliseconds = 50;
/** How long processes that outlive the command are waited for. */
const FAREWELL: Milliseconds = 2000;

/** What a run is collected with. */
export interface CollectorOptions {
  /** Where profiles go: absolute, exists. */
  readonly directory: string;
  /** Where the agents write: absolute, exists. */
  readonly spool: string;
  readonly agentPath: string;
  readonly template: Template;
  readonly formats: readonly Format[];
  readonly choice: Choice;
  readonly maxFiles: number;
  readonly maxSize: Bytes;
  readonly interval: Microseconds;
  readonly command: readonly string[];
  readonly version: string;
  /** What an earlier process of ours has written of the same run. */
  readonly before?: EarlierPart;
  /** Called with the requests that have ended, when their files and lines are written. */
  onRequests(entries: readonly IndexEntry[]): void;
  /** Called when a process or thread listens, with its first port. */
  onListening(port: number): void;
  /** Called when somebody removed the spool, or the agent in it. */
  onSpoolGone(): void;
  /** Called with one sentence when something is amiss; once per kind. */
  onNotice(text: string): void;
  /** Called with one sentence for whoever looks for a fault. */
  onDebug(text: string): void;
}

/** A run that was begun, and not finished, by a process of ours that was killed. */
export interface EarlierPart {
  readonly startedOn: EpochMilliseconds;
  /** When the last was heard of it. */
  readonly endedOn: EpochMilliseconds;
  /** The requests that are in the index, by id. */
  readonly ids: ReadonlySet<string>;
  /** Their profile files. */
  readonly files: number;
}

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
  const timer = setInterval(() => run.poll(), POLL);
  return {
    async finish(exit) {
      clearInterval(timer);
      await run.drain();
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
  #requests: number;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#startedOn = options.before?.startedOn ?? Date.now();
    this.#requests = options.before?.ids.size ?? 0;
    this.#tail = new Tail(options.spool);
    this.#store = new Store({ ...options, isKept: makeChooser(options.choice) }, options.before?.files);
    const deno = denoDirectory(process.env, process.platform, homedir());
    const sources = new Sources({
      denoDirectory: deno && resolve(deno),
      onDebug: (text) => options.onDebug(text),
    });
    this.#processes = new Processes([hideProfiler(options.agentPath)], sources);
    writeRunFile(options.directory, runRecord(options, this.#totals(), null));
  }

  poll(): void {
    this.#attempt(() => {
      if (!existsSync(this.#options.agentPath)) this.#spoolGone();
      for (const batch of this.#tail.poll()) this.#take(batch);
    });
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
  async drain(): Promise<void> {
    const deadline = Date.now() + FAREWELL;
    this.poll();
    while (this.serving().length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL));
      this.poll();
    }
    this.poll();
  }

  close(exit: RunExit): RunTotals {
    const runtimes = this.#processes.runtimes();
    // Who was killed had told of its requests, if not of all their samples.
    for (const record of this.#processes.all()) this.#tell(this.#add(record.finish()));
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

  #spoolGone(): void {
    this.#options.onSpoolGone();
    this.#notice(
      `Somebody removed "${this.#options.spool}", where servers tell what they do: those that are running are not profiled any more.`,
    );
  }

  #take({ stream, messages, unreadable }: Batch): void {
    this.#drops.unreadable += unreadable;
    const record = this.#processes.of(stream);
    const { port } = record;
    const entries = messages.flatMap((message) => this.#add(record.receive(message)));
    if (record.port !== undefined && port === undefined) this.#options.onListening(record.port);
    this.#tell(entries);
  }

  /** Writes what is new; a damaged message is counted. */
  #add(events: Iterable<RequestProfile | TroubleMessage>): IndexEntry[] {
    const entries: IndexEntry[] = [];
    try {
      for (const event of events) {
        if ("kind" in event) this.#trouble(event);
        else if (this.#options.before?.ids.has(event.id) !== true) {
          this.#requests++;
          entries.push(this.#store.add(event));
        }
      }
    } catch (error) {
      this.#drops.unreadable++;
      this.#notice(sentence(error));
    }
    return entries;
  }

  /** Who hears of a request finds it in the index. */
  #tell(entries: readonly IndexEntry[]): void {
    this.#store.flush();
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
      processes: this.#processes.size,
      survivors: this.serving().length,
      ...this.#processes.sum(),
      drops: { ...this.#drops, unwritten: this.#store.failures, unlisted: this.#store.unlisted },
    };
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#notice(sentence(error));
    }
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
