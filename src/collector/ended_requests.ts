/** The requests of one process from their end on: they wait for the window with their last samples, and get a profile each. */
import type { RequestName, RequestNames } from "../naming/mod.ts";
import type { Profile } from "../profile/model.ts";
import { OpenSlices } from "../profile/open_slices.ts";
import type { RequestInfo, RequestProfile } from "../profile/request.ts";
import { type RequestParts, requestProfile } from "../profile/request_profile.ts";
import { ShownWindow } from "../profile/shown_window.ts";
import type { Slice } from "../profile/slice.ts";
import type { Transform } from "../profile/transforms.ts";
import type { RequestsMessage } from "../protocol/messages.ts";
import { ReceivedRequests } from "../protocol/request_rows.ts";
import type { EpochMilliseconds } from "../units.ts";
import type { CallsOfRequests } from "./counted_calls.ts";
import type { HeapParts } from "./heap_parts.ts";
import type { Holds } from "./holds.ts";

/** Requests whose end was never told are forgotten, the oldest first, beyond this many. */
const MAX_OPEN = 50_000;
/** So many requests are passed on at once, at most: with all that is done for them that takes some 0.1 ms. */
const TOGETHER = 32;
const NO_SLICES: readonly Slice[] = [];
const NO_TEXTS = { texts: [], attached: new Uint8Array(0) };

/** What is done with requests that have ended. */
export interface EndedRequestsOptions {
  /** Clean the profile of each. */
  readonly steps: readonly Transform[];
  /** What they are called, without the secrets in their targets: nothing is made of these before. */
  readonly names: RequestNames;
  readonly holds: Holds;
  readonly calls: CallsOfRequests;
  /** What they allocated, where that is what is measured. */
  heap(): HeapParts | undefined;
  /** Whose a request is, by its number. */
  identify(seq: number): Pick<RequestParts, "id" | "process">;
}

/** The requests of a message, */
interface Named {
  readonly requests: ReceivedRequests;
  /** and what each is called. */
  readonly names: readonly RequestName[];
}

const NO_REQUESTS: Named = { requests: new ReceivedRequests(NO_TEXTS, 0), names: [] };

export class EndedRequests {
  /** The wall clock less V8's clock; undefined as long as none has ended. */
  epochOffset: EpochMilliseconds | undefined;
  readonly #options: EndedRequestsOptions;
  #messages: RequestsMessage[] = [];
  /** Of the window that came last, by the `seq` of their request. */
  #slices = new Map<number, Slice>();
  #shown: ShownWindow | undefined;
  /** Of windows before. */
  readonly #earlier = new OpenSlices();

  constructor(options: EndedRequestsOptions) {
    this.#options = options;
  }

  add(message: RequestsMessage): void {
    this.#messages.push(message);
  }

  /** A window has come, with the slices of these requests. */
  setWindow(window: Profile, slices: ReadonlyMap<number, Slice>): void {
    this.#slices = new Map(slices);
    this.#shown = new ShownWindow(window, this.#options.steps);
  }

  /** Requests that did not end in the window take their slices with them. */
  leaveWindow(): void {
    this.#earlier.add(this.#slices);
    this.#earlier.limit(MAX_OPEN);
    this.#slices = new Map();
    this.#shown = undefined;
  }

  /** Those of which nothing more is to come, some at a time. */
  *finish(): Generator<readonly RequestProfile[]> {
    const messages = this.#messages;
    this.#messages = [];
    // What held up a request may be in the next message: its name is wanted first.
    let next = this.#decode(messages[0]);
    for (let i = 0; i < messages.length; i++) {
      const ended = next;
      next = this.#decode(messages[i + 1]);
      let some: RequestProfile[] = [];
      for (let row = 0; row < ended.names.length; row++) {
        const { url, route } = ended.names[row]!;
        const profile = this.#profileOf(ended.requests.request(row, url), route);
        some.push(profile);
        // To merge the samples of several windows may take as long as all else.
        const wasLong = profile.sampleCount > 0 && profile.shared === undefined;
        if (some.length < TOGETHER && !wasLong) continue;
        yield some;
        some = [];
      }
      if (some.length > 0) yield some;
    }
  }

  /** Forgets them all. */
  clear(): void {
    this.#messages = [];
    this.#slices = new Map();
    this.#shown = undefined;
    this.#earlier.clear();
  }

  #decode(message: RequestsMessage | undefined): Named {
    if (message === undefined) return NO_REQUESTS;
    this.epochOffset = message.epochOffset;
    const requests = new ReceivedRequests(message, message.epochOffset);
    const names: RequestName[] = [];
    for (let row = 0; row < requests.count; row++) {
      const name = this.#options.names.of(requests.url(row), requests.pattern(row));
      names.push(name);
      this.#options.holds.names.add(requests.seq(row), requests.method(row), name.route);
    }
    return { requests, names };
  }

  #profileOf(request: RequestInfo, route: string): RequestProfile {
    const { identify, holds, calls, steps } = this.#options;
    const { id, process } = identify(request.seq);
    const allocated = this.#options.heap()?.claim({ id, process, route, request });
    if (allocated !== undefined) return allocated;
    const slices = this.#slicesOf(request.seq);
    const parts = {
      id,
      process,
      route,
      request,
      slices,
      holds: holds.of(request),
      queuedBy: holds.before(request),
      calls: calls.claim(request.seq),
    };
    return this.#shown?.requestProfile(parts) ?? requestProfile(parts, steps);
  }

  /** What was sampled of a request, which nobody asks for again. */
  #slicesOf(seq: number): readonly Slice[] {
    const earlier = this.#earlier.release(seq);
    const last = this.#slices.get(seq);
    if (last === undefined) return earlier === undefined ? NO_SLICES : [earlier];
    this.#slices.delete(seq);
    return earlier === undefined ? [last] : [earlier, last];
  }
}
