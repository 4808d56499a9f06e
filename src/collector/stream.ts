/**
 * One stream: what one process or thread of the target tells, from its first file to its last. The stream owns all that we hold
 * because of it: the place in its files, what was learnt of the process, its source maps, and who it is.
 */
import { birthTime, identityOf, isSame, type ProcessIdentity, seemsSame } from "../process_alive.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { Address, RefusalMessage, TroubleMessage } from "../protocol/messages.ts";
import type { SpoolFile } from "../protocol/spool_file.ts";
import type { Milliseconds } from "../units.ts";
import { ProcessRecord, type Received } from "./process.ts";
import { type Batch, Tail } from "./tail.ts";

/** How often to look whether a process that tells nothing still runs. */
const LOOK: Milliseconds = 2000;
/** A process that we cannot see, as one in a container, has ended when it has been silent for so long. */
const UNSEEN: Milliseconds = 30_000;
/** The system's clocks agree to this. */
const CLOCKS: Milliseconds = 2000;

/**
 * `open`: its files are read, but it has not said who it is. `serving`: it has. `ended`: it has said goodbye, or it does not run
 * any more and its files are read to the end; nothing will come. `released`: it costs nothing any more.
 */
export type StreamState = "open" | "serving" | "ended" | "released";

/** What comes of reading a stream. */
export type StreamEvent =
  | { readonly kind: "requests"; readonly requests: readonly RequestProfile[] }
  /** What the process did outside of requests, once it has ended. */
  | { readonly kind: "outside"; readonly profile: RequestProfile }
  | { readonly kind: "listening"; readonly address: Address }
  /** A process has said goodbye, and may not send itself the signal that ends it. */
  | { readonly kind: "raise"; readonly process: ProcessIdentity; readonly signal: string }
  | { readonly kind: "unreadable"; readonly count: number; readonly problem?: string | undefined }
  /** A message has been taken in: the reader may pause. */
  | { readonly kind: "read" }
  | TroubleMessage
  | RefusalMessage;

/** A process or thread that serves. */
export interface ServingProcess extends ProcessIdentity {
  /** Signals that would end it, because nobody in it listens for them, and since when; milliseconds of `performance.now`. */
  readonly endingSince: ReadonlyMap<string, Milliseconds>;
  /** When it told something last, on the same clock. */
  readonly heardAt: Milliseconds;
}

/** One process or thread of the target. */
export class Stream {
  readonly record: ProcessRecord;
  readonly #tail: Tail;
  readonly #identity: ProcessIdentity;
  /** Whether we have seen the process run. */
  readonly #isSeen: boolean;
  #state: StreamState = "open";
  #lookAt: Milliseconds;

  /** `numbers`: its files in the spool; `record`: an empty one. */
  constructor(spool: string, file: SpoolFile, numbers: readonly number[], record: ProcessRecord) {
    this.record = record;
    this.#tail = new Tail(spool, file.stream, numbers);
    this.#identity = identityOf(file.pid);
    const bornOn = birthTime(this.#identity.born) ?? -Infinity;
    // Who was born after the last word is somebody else, who got its id.
    const isWriter = bornOn <= (this.#tail.writtenOn() ?? Infinity) + CLOCKS;
    this.#isSeen = isWriter && isSame(this.#identity);
    this.#lookAt = performance.now() + LOOK;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Whether there was more to read than is read at once. */
  get hasMore(): boolean {
    return this.#state !== "released" && !this.#tail.isAtEnd;
  }

  /** The files of it that there are now. */
  listed(numbers: readonly number[]): void {
    if (this.#state === "released") this.#tail.remove();
    else this.#tail.listed(numbers);
  }

  /** Takes in what is new, up to a limit. Does not throw. */
  *visit(): Generator<StreamEvent> {
    if (this.#state === "released") return;
    // Asked before we read: who did not run then has written all that we find.
    const isGone = this.#isGone();
    for (const batch of this.#tail.read(isGone)) {
      yield* this.#take(batch);
      if (this.record.bye !== undefined) break;
    }
    if (this.record.bye !== undefined || (isGone && this.#tail.isAtEnd)) yield* this.end();
  }

  /** Nothing more is to come, or we do not wait for it: gives the last requests, and releases all but the sums. */
  *end(): Generator<StreamEvent> {
    if (this.#state === "released") return;
    this.#state = "ended";
    yield* requestsOf(this.record.finish());
    const profile = this.record.outside();
    if (profile !== undefined) yield { kind: "outside", profile };
    this.record.release();
    this.#tail.remove();
    this.#state = "released";
  }

  /** The process, if it still runs and may tell more. */
  serving(): ServingProcess | undefined {
    if (this.#state !== "serving" || !this.#isSeen || !isSame(this.#identity)) return undefined;
    const { endingSince, heardAt } = this.record;
    return { ...this.#identity, endingSince, heardAt };
  }

  /** Whether it served, and has ended without a last message. */
  isSilent(): boolean {
    const { info, bye } = this.record;
    return info !== undefined && bye === undefined && !isSame(this.#identity);
  }

  #isGone(): boolean {
    const at = performance.now();
    if (at < this.#lookAt) return false;
    this.#lookAt = at + LOOK;
    return this.#isSeen ? !seemsSame(this.#identity) : at - this.record.heardAt > UNSEEN;
  }

  *#take({ messages, unreadable, problem }: Batch): Generator<StreamEvent> {
    if (unreadable > 0) yield { kind: "unreadable", count: unreadable, problem };
    for (const message of messages) {
      const { address } = this.record;
      try {
        yield* requestsOf(this.record.receive(message));
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        yield { kind: "unreadable", count: 1, problem };
      }
      if (this.record.info !== undefined && this.#state === "open") this.#state = "serving";
      if (this.record.address !== undefined && this.record.address !== address) {
        yield { kind: "listening", address: this.record.address };
      }
      if (message.kind === "bye" && message.raise !== undefined && this.#isSeen) {
        yield { kind: "raise", process: this.#identity, signal: message.raise };
      }
      yield { kind: "read" };
    }
  }
}

function* requestsOf(events: Iterable<Received>): Generator<StreamEvent> {
  for (const event of events) yield "kind" in event ? event : { kind: "requests", requests: event };
}
