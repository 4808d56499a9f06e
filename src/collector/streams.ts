/** All streams of a run: those that are read, and the sums of those that have ended. */
import { type Cost, NO_COST } from "../protocol/messages.ts";
import type { Microseconds } from "../units.ts";
import { parseOldNodeFileName } from "../protocol/spool_file.ts";
import type { SampleCounts } from "../store/entry.ts";
import type { ProcessRecord } from "./process.ts";
import { type ServingProcess, Stream, type StreamEvent } from "./stream.ts";
import { listSpool } from "./tail.ts";

/** So many streams are looked at in one poll; more have their turn in the polls that follow. */
const TURNS = 256;

/** What all processes and threads together came to. */
export interface StreamSums {
  /** Those that said who they are. */
  readonly processes: number;
  /** Those of them that said where they listen. */
  readonly listening: number;
  /** The runtimes of those that ended without a last message. */
  readonly silent: readonly string[];
  /** Why some cannot be profiled. */
  readonly refusals: readonly string[];
  readonly samples: Readonly<SampleCounts>;
  /** Time that requests left running after they had ended, by method and route. */
  readonly after: ReadonlyMap<string, Microseconds>;
  /** See `RunTotals.mended`. */
  readonly mended: number;
  /** What profiling cost those that could say so; the longest of their pauses. */
  readonly cost: Cost;
}

/** The streams in a spool. */
export class Streams {
  readonly #spool: string;
  readonly #recordOf: (instance: string) => ProcessRecord;
  /** Those released only as long as their files could not be removed. */
  readonly #streams = new Map<string, Stream>();
  /** Those that are still to be looked at before the spool is listed again. */
  #round: Stream[] = [];
  readonly #sums = new Sums();
  /** Versions of Node that have loaded the agent's file but are too old for the agent. */
  readonly oldNodes = new Set<string>();
  /** Whether in the last poll a stream had more to read than is read at once. */
  hasMore = false;

  /** `recordOf` makes the record of a process or thread that is heard of for the first time. */
  constructor(spool: string, recordOf: (instance: string) => ProcessRecord) {
    this.#spool = spool;
    this.#recordOf = recordOf;
  }

  /**
   * Takes in what is new in some of the streams, in `all` of them if told so, each up to a limit.
   *
   * @throws if the spool cannot be listed
   */
  *poll(all = false): Generator<StreamEvent> {
    this.hasMore = false;
    if (all || this.#round.length === 0) this.#round = this.#list();
    const turns = this.#round.splice(0, all ? Infinity : TURNS);
    for (const stream of turns) {
      yield* this.#settled(stream, stream.visit());
      this.hasMore ||= stream.hasMore;
      yield { kind: "read" };
    }
  }

  /** Ends all streams, though some of their processes may live on. */
  *end(): Generator<StreamEvent> {
    for (const stream of this.#streams.values()) yield* this.#settled(stream, stream.end());
  }

  /** How many are read. */
  get count(): number {
    return [...this.#streams.values()].filter((it) => it.state !== "released").length;
  }

  /** The processes and threads that run and may tell more. */
  serving(): ServingProcess[] {
    return [...this.#streams.values()].flatMap((stream) => stream.serving() ?? []);
  }

  /** Names and versions of all runtimes, each once. */
  runtimes(): string[] {
    return [...this.#all().runtimes];
  }

  sum(): StreamSums {
    return this.#all();
  }

  /** The sums of those that have ended, and those that go on. */
  #all(): Sums {
    const all = new Sums(this.#sums);
    for (const { state, record } of this.#streams.values()) if (state !== "released") all.add(record);
    return all;
  }

  /** Passes on what comes of a stream, and adds it to the sums once it is released. */
  *#settled(stream: Stream, events: Iterable<StreamEvent>): Generator<StreamEvent> {
    if (stream.state === "released") return;
    yield* events;
    if (stream.state as string !== "released") return;
    this.#sums.add(stream.record);
    if (stream.isSilent()) this.#sums.silent.push(stream.record.info?.runtime ?? "");
  }

  #list(): Stream[] {
    const files = listSpool(this.#spool, (name) => {
      const version = parseOldNodeFileName(name);
      if (version !== null) this.oldNodes.add(version);
    });
    for (const [name, stream] of this.#streams) {
      const numbers = files.get(name)?.numbers;
      if (numbers !== undefined) stream.listed(numbers);
      else if (stream.state === "released") this.#streams.delete(name);
    }
    for (const [name, { file, numbers }] of files) {
      if (this.#streams.has(name)) continue;
      this.#streams.set(name, new Stream(this.#spool, file, numbers, this.#recordOf(file.instance)));
    }
    return [...this.#streams.values()];
  }
}

class Sums implements StreamSums {
  processes: number;
  listening: number;
  readonly silent: string[];
  readonly refusals: string[];
  readonly samples: SampleCounts;
  readonly after: Map<string, Microseconds>;
  mended: number;
  readonly cost: { -readonly [key in keyof Cost]: Cost[key] };
  readonly runtimes: Set<string>;

  constructor(other?: Sums) {
    this.processes = other?.processes ?? 0;
    this.listening = other?.listening ?? 0;
    this.silent = [...other?.silent ?? []];
    this.refusals = [...other?.refusals ?? []];
    this.samples = { ...other?.samples ?? { attributed: 0, unattributed: 0, idle: 0 } };
    this.after = new Map(other?.after);
    this.mended = other?.mended ?? 0;
    this.cost = { ...other?.cost ?? NO_COST };
    this.runtimes = new Set(other?.runtimes);
  }

  add({ info, address, samples, after, bye, mended, refusal }: ProcessRecord): void {
    if (address !== undefined) this.listening++;
    if (refusal !== undefined) this.refusals.push(refusal);
    if (info !== undefined) {
      this.processes++;
      this.runtimes.add(info.runtime);
    }
    for (const key of Object.keys(this.samples) as (keyof SampleCounts)[]) this.samples[key] += samples[key];
    for (const [route, time] of after) this.after.set(route, (this.after.get(route) ?? 0) + time);
    this.mended += mended;
    if (bye === undefined) return;
    const longest = Math.max(this.cost.longestTurn, bye.longestTurn);
    for (const key of Object.keys(this.cost) as (keyof Cost)[]) this.cost[key] += bye[key];
    this.cost.longestTurn = longest;
  }
}
