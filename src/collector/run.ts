/** A run that is being collected: what comes of its streams goes to its files, its lines and its books. */
import { existsSync } from "node:fs";
import { homeDirectory } from "../files/directories.ts";
import { isFull } from "../files/room.ts";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { RequestNames } from "../naming/mod.ts";
import { hideProfiler } from "../profile/hide_profiler.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { TroubleMessage } from "../protocol/messages.ts";
import { LOADED_FILE } from "../protocol/spool_file.ts";
import type { Milliseconds } from "../units.ts";
import { makeRequestFilter, type RequestDecision } from "./request_filter.ts";
import type { RunTotals } from "../store/entry.ts";
import { reasonOf } from "../system_error.ts";
import type { CollectorOptions } from "./collector_options.ts";
import { denoDirectory } from "../sources/deno_cache.ts";
import { limitText, NO_ROOM, noRoomText, oldNodeText, spoolGoneText } from "./notices.ts";
import { inBursts } from "./pace.ts";
import { type RunExit, runRecord, writeRunFile } from "../store/run_file.ts";
import { ProcessRecord } from "./process.ts";
import { ProcessSources, Sources } from "../sources/mod.ts";
import { SpareTime } from "../store/spare_time.ts";
import { Store } from "../store/store.ts";
import type { ServingProcess, StreamEvent } from "./stream.ts";
import { Streams } from "./streams.ts";
import { ToldRequests } from "./told_requests.ts";

/** How long processes that outlive the command are waited for, and how often we look. */
const LONGEST_END: Milliseconds = 2000;
const LOOK: Milliseconds = 50;
/** So often they are looked for at least: where others take the processor, the time may be over before anybody could end. */
const FEWEST_LOOKS = 5;

export class Run {
  readonly #options: CollectorOptions & { readonly run: string };
  readonly #decision: RequestDecision;
  readonly #store: Store;
  readonly #streams: Streams;
  readonly #noticed = new Set<string>();
  #phase: "collecting" | "draining" | "given up" = "collecting";
  readonly #drops = { windows: 0, requests: 0, switches: 0, unreadable: 0 };
  readonly #requests: ToldRequests;
  /** Servers may have been unable to leave what they measured, or how they end. */
  #wasFull = false;

  constructor(options: CollectorOptions & { readonly run: string }) {
    this.#options = options;
    this.#decision = makeRequestFilter(options.filter);
    const { routes } = options.before ?? {};
    // Of a run that is over there is no server whose time could be saved.
    const spare = options.before === undefined ? new SpareTime() : undefined;
    this.#store = new Store({ ...options, routes, spare, isKept: this.#decision.isKept });
    this.#requests = new ToldRequests(this.#store, options);
    for (const it of options.before?.kept ?? []) {
      this.#store.profiles.addEarlier(it);
    }
    const deno = denoDirectory(process.env, process.platform, homeDirectory());
    const sources = new Sources({
      denoDirectory: deno && resolve(deno),
      onDebug: (text) => options.onDebug(text),
    });
    const steps = [hideProfiler(options.agentPath)];
    const names = new RequestNames(options.redaction);
    this.#streams = new Streams(options.inbox, (instance) => {
      return new ProcessRecord(instance, steps, new ProcessSources(sources), names);
    });
    writeRunFile(options.directory, runRecord(options, this.#totals(), null));
  }

  /** Takes in what there is, a request at a step. */
  *work(): Generator<void> {
    try {
      if (existsSync(this.#options.inbox)) {
        this.#wasFull ||= this.#options.before === undefined && isFull(this.#options.inbox);
        if (this.#wasFull) this.#notice(noRoomText(dirname(this.#options.spool)));
        yield* this.#take(this.#streams.poll(this.#phase === "draining"));
        for (const version of this.#streams.oldNodes) this.#notice(oldNodeText(version));
      } else {
        this.#notice(spoolGoneText(this.#options.spool, this.#options.onSpoolGone()));
      }
    } catch (error) {
      // If somebody removed it just now, the next round says so.
      if (existsSync(this.#options.inbox)) this.#notice(sentence(error));
    }
    this.#requests.tell();
    // Also when nothing came: what could not be written before may be written now.
    this.#store.flush();
    yield* this.#writeWaiting();
    if (this.#store.profiles.limited > 0) this.#notice(limitText(this.#options));
    if (this.#store.lastError !== undefined) this.#noticeUnwritten(this.#store.lastError);
  }

  serving(): ServingProcess[] {
    return this.#streams.serving();
  }

  giveUp(): void {
    this.#phase = "given up";
  }

  /** Until every process has said goodbye or is dead, for a limited time. */
  async drain(catchUp: () => Promise<void>): Promise<void> {
    if (this.#phase === "collecting") this.#phase = "draining";
    this.#store.profiles.hurry();
    const deadline = Date.now() + LONGEST_END;
    // Who began to serve a moment ago is not known before.
    await catchUp();
    for (let looks = 1;; looks++) {
      const isOver = looks >= FEWEST_LOOKS && Date.now() >= deadline;
      const isLast = isOver || this.serving().length === 0;
      await catchUp();
      if (this.#phase === "given up") return;
      if (this.#streams.hasMore) continue;
      if (isLast) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  async close(exit: RunExit): Promise<RunTotals> {
    const survivors = this.serving().length;
    // Who was killed had told of its requests, if not of all their samples.
    if (this.#phase !== "given up") await inBursts(this.#take(this.#streams.end()));
    await inBursts(this.#writeWaiting());
    this.#store.profiles.forgetWaiting();
    this.#requests.tell();
    this.#store.close();
    const totals = { ...this.#totals(), survivors };
    try {
      const ended = this.#options.before === undefined ? exit : null;
      const end = { exit: ended, runtimes: this.#streams.runtimes() };
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

  /** Does what comes of the streams, an event at a step. */
  *#take(events: Iterable<StreamEvent>): Generator<void> {
    for (const event of events) {
      if (event.kind === "requests") yield* this.#addAll(event.requests);
      else {
        try {
          this.#handle(event);
        } catch (error) {
          this.#unread(1, sentence(error));
        }
      }
      yield;
      if (this.#phase === "given up") return;
    }
  }

  /** A step for each that has files. */
  *#addAll(requests: readonly RequestProfile[]): Generator<void> {
    for (const request of requests) {
      let hasFiles = false;
      try {
        hasFiles = this.#requests.add(request);
      } catch (error) {
        this.#unread(1, sentence(error));
      }
      if (!hasFiles) continue;
      yield;
      if (this.#phase === "given up") return;
    }
  }

  #unread(count: number, problem: string | undefined): void {
    this.#drops.unreadable += count;
    if (problem !== undefined) this.#notice(problem);
  }

  #handle(event: Exclude<StreamEvent, { kind: "requests" }>): void {
    switch (event.kind) {
      case "outside":
        return this.#store.addOutside(event.profile);
      case "listening":
        return this.#options.onListening(event.address);
      case "raise":
        return this.#options.onRaise(event.process, event.signal);
      case "unreadable":
        return this.#unread(event.count, event.problem);
      case "refusal":
        return this.#notice(`The agent reports: ${event.text}`);
      case "trouble":
        return this.#trouble(event);
      case "read":
        return this.#requests.tell();
    }
  }

  *#writeWaiting(): Generator<void> {
    for (const _ of this.#store.profiles.writeWaiting()) {
      if (this.#phase === "given up") return;
      yield;
    }
  }

  #trouble(trouble: TroubleMessage): void {
    this.#drops.windows += trouble.droppedWindows;
    this.#drops.requests += trouble.droppedRequests;
    this.#drops.switches += trouble.droppedSwitches;
    if (trouble.text !== "") this.#notice(`The agent reports: ${trouble.text}`);
  }

  #totals(): RunTotals {
    const { processes, listening, silent, refusals, samples, after, mended, cost } = this.#streams.sum();
    return {
      startedOn: this.#options.startedOn,
      endedOn: this.#options.before?.endedOn ?? Date.now(),
      requests: this.#requests.count,
      files: this.#store.profiles.count,
      limited: this.#store.profiles.limited,
      ...(this.#options.before === undefined ? { leftOut: Object.fromEntries(this.#decision.leftOut) } : {}),
      isLoaded: processes > 0 || existsSync(join(this.#options.inbox, LOADED_FILE)),
      oldNodes: [...this.#streams.oldNodes],
      survivors: this.serving().length,
      processes,
      listening,
      silent: this.#wasFull ? [] : silent,
      refusals: this.#wasFull ? [NO_ROOM, ...refusals] : refusals,
      samples,
      outside: { ...this.#store.outside.totals(after), isPartial: this.#options.before && true },
      cost,
      clamped: this.#requests.clamped,
      ...(this.#requests.beside > 0 ? { beside: this.#requests.beside } : {}),
      areCallsCounted: this.#options.calls === true,
      mended,
      drops: { ...this.#drops, unwritten: this.#store.profiles.failures, unlisted: this.#store.unlisted },
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
