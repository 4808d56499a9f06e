/**
 * One process or thread of the target: its messages in, its requests out, each with its own profile.
 *
 * This is the page to read first. A window is decoded and cut by owner; slices of requests that stay open are kept apart from
 * it. When a request has ended its slices are merged, cleaned by the steps, named as they were written, and settled on the
 * times that the agent measured.
 */
import { RequestNames, STANDARD_REDACTION } from "../naming/mod.ts";
import { decodeWindow } from "../profile/decode_v8.ts";
import { outsideProfile, OutsideWork } from "../profile/outside.ts";
import { originalPositions } from "../profile/original_positions.ts";
import type { ProcessInfo, RequestProfile } from "../profile/request.ts";
import { ScriptUrls } from "../profile/script_urls.ts";
import { sliceWindow } from "../profile/slice.ts";
import type { Transform } from "../profile/transforms.ts";
import type {
  Address,
  AgentMessage,
  Bye,
  RefusalMessage,
  StateMessage,
  TroubleMessage,
  WindowMessage,
} from "../protocol/messages.ts";
import type { Microseconds, Milliseconds } from "../units.ts";
import type { SampleCounts } from "../store/entry.ts";
import { CallsOfRequests } from "./counted_calls.ts";
import { EndedRequests } from "./ended_requests.ts";
import { noteEnding } from "./ending_signals.ts";
import { HeapParts } from "./heap_parts.ts";
import { Holds } from "./holds.ts";
import type { ProcessSources } from "../sources/mod.ts";

/** Who has not said who it is. */
const NOBODY: ProcessInfo = { pid: 0, tid: 0, runtime: "" };

/** Requests that have ended, or what the agent complains of. */
export type Received = readonly RequestProfile[] | TroubleMessage | RefusalMessage;

/** What has been learnt of a process so far. */
export class ProcessRecord {
  /** Set by the first message. */
  info: ProcessInfo | undefined;
  /** Set by the last message, if the process could still send one. */
  bye: Bye | undefined;
  /** Why it cannot be profiled, if it cannot. */
  refusal: string | undefined;
  /** How things stand in it, as it told last. */
  state: StateMessage | undefined;
  /** The signals that end it, and since when we know; milliseconds of `performance.now`, as is `heardAt`. */
  readonly endingSince = new Map<string, Milliseconds>();
  /** When it told something last. */
  heardAt: Milliseconds = performance.now();
  /** See `DecodedWindow.mended`. */
  mended = 0;
  readonly samples: SampleCounts = { attributed: 0, unattributed: 0, idle: 0 };
  readonly #instance: string;
  readonly #steps: readonly Transform[];
  readonly #sources: ProcessSources;
  readonly #ended: EndedRequests;
  #heap: HeapParts | undefined;
  #windowEnd: Microseconds = -Infinity;
  /** When the first window began. */
  #startAt: Microseconds | undefined;
  readonly #holds: Holds;
  readonly #outside = new OutsideWork();
  readonly #urls = new ScriptUrls();
  readonly #calls: CallsOfRequests;

  /**
   * `instance` makes the ids of this process's requests unique; `steps` clean each request's profile, `sources` knows
   * where its functions were written, `names` what its requests are called; the secrets in those are taken out before anything is made of them.
   */
  constructor(
    instance: string,
    steps: readonly Transform[],
    sources: ProcessSources,
    names = new RequestNames(STANDARD_REDACTION),
  ) {
    this.#instance = instance;
    this.#holds = new Holds((seq) => this.#identify(seq).id);
    this.#sources = sources;
    this.#calls = new CallsOfRequests(sources);
    this.#steps = [...steps, originalPositions((frame) => sources.originalOf(frame))];
    const identify = (seq: number) => this.#identify(seq);
    this.#ended = new EndedRequests({
      steps: this.#steps,
      names,
      holds: this.#holds,
      calls: this.#calls,
      heap: () => this.#heap,
      identify,
    });
  }

  /**
   * Takes one message; yields the requests that have ended by it, and what the agent complains of.
   *
   * @throws if a window cannot be read at all; the record stays usable
   */
  *receive(message: AgentMessage): Generator<Received> {
    this.heardAt = performance.now();
    switch (message.kind) {
      case "hello":
        this.info = { pid: message.pid, tid: message.tid, runtime: message.runtime };
        if (message.isHeap) this.#heap ??= new HeapParts(this.#steps, this.samples);
        this.#sources.isDeno = message.runtime.startsWith("deno ");
        break;
      case "window": {
        const stretches = this.#holds.add(message.stretches);
        try {
          this.#window(message);
        } finally {
          yield* this.finish();
          this.#ended.leaveWindow();
          this.#holds.addAfter(stretches);
        }
        break;
      }
      case "heap":
        this.#heap?.add(message);
        break;
      case "requests":
        this.#ended.add(message);
        if (this.#heap !== undefined) yield* this.finish(); // what they allocated has come before
        break;
      case "sources":
        this.#sources.tell(message.url, message.map);
        break;
      case "files":
        this.#sources.tellFiles(message.paths);
        break;
      case "calls":
        this.#calls.add(message);
        break;
      case "refusal":
        this.refusal = message.text;
        yield message;
        break;
      case "state":
        noteEnding(this.endingSince, message.ending, this.state === undefined);
        this.state = message;
        break;
      case "trouble":
        yield* this.finish();
        yield message;
        break;
      case "bye":
        yield* this.finish();
        this.bye = message;
        break;
    }
  }

  /** The requests that have ended, of which nothing more is to come, some at a time. */
  *finish(): Generator<readonly RequestProfile[]> {
    yield* this.#ended.finish();
  }

  /** What the process did outside of requests, by its samples; undefined if it served none, or there is nothing. */
  outside(): RequestProfile | undefined {
    const { epochOffset } = this.#ended;
    const profile = epochOffset === undefined ? undefined : this.#outside.profile();
    if (profile === undefined) return undefined;
    const startedOn = Math.round((this.#startAt ?? 0) / 1000 + epochOffset!);
    return outsideProfile({ ...this.#identify(0), profile, startedOn }, this.#steps);
  }

  /** Lets go of all that is only needed while there are messages to come. */
  release(): void {
    this.#ended.clear();
    this.#heap?.clear();
    this.#holds.clear();
    this.#calls.clear();
    this.#outside.clear();
    this.#sources.release();
  }

  /** Time that requests left running after they had ended, by method and route. */
  get after(): ReadonlyMap<string, Microseconds> {
    return this.#holds.after;
  }

  /** Where its first server listens. */
  get address(): Address | undefined {
    return this.state?.address ?? undefined;
  }

  #window(message: WindowMessage): void {
    const window = decodeWindow(message.profile, message.owners, {
      notBefore: this.#windowEnd,
      urls: this.#urls,
    });
    this.mended += window.mended;
    this.#windowEnd = window.profile.endAt;
    this.#startAt ??= window.profile.startAt;
    const sliced = sliceWindow(window);
    this.#outside.add(sliced.outside);
    if (message.isQuiet) return;
    this.samples.attributed += sliced.attributed.samples;
    this.samples.unattributed += sliced.unattributed.samples;
    this.samples.idle += sliced.idle.samples;
    this.#ended.setWindow(window.profile, sliced.slices);
  }

  #identify(seq: number): { process: ProcessInfo; id: string } {
    return { process: this.info ?? NOBODY, id: `${this.#instance}-${seq}` };
  }
}
