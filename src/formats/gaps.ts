import { blockedBy, blockerIn, IDLE, WAITING } from "../profile/frames.ts";
import type { Frame } from "../profile/model.ts";
import { type Hold, isRequest, type RequestProfile } from "../profile/request.ts";
import type { Microseconds } from "../units.ts";

/** Time between samples, and what it is called. */
export interface Gap {
  readonly name: string;
  readonly startAt: Microseconds;
  readonly endAt: Microseconds;
}

/** What time is called in which nothing is known to have held up the event loop; `(idle)` where there is no request. */
export function restName({ request }: RequestProfile): string {
  return isRequest(request) ? WAITING : IDLE;
}

/** From an instant to the next, between two samples: what held up the event loop, and the rest. */
export class Gaps {
  readonly #rest: string;
  readonly #holds: readonly Hold[];
  #next = 0;

  constructor(subject: RequestProfile) {
    this.#rest = restName(subject);
    this.#holds = subject.holds ?? [];
  }

  /** Each call is about a later time than the one before. */
  *between(startAt: Microseconds, endAt: Microseconds): Generator<Gap> {
    let from = startAt;
    while (from < endAt) {
      const hold = this.#holds[this.#next];
      if (hold !== undefined && hold.startAt + hold.time <= from) {
        this.#next++;
        continue;
      }
      const isHeld = hold !== undefined && hold.startAt <= from;
      const to = Math.min(
        endAt,
        hold === undefined ? endAt : isHeld ? hold.startAt + hold.time : hold.startAt,
      );
      yield { name: isHeld ? blockedBy(hold.name) : this.#rest, startAt: from, endAt: to };
      from = to;
    }
  }
}

/** What a frame of a file says of a gap: who held up the event loop, by name alone; undefined if that is not known. */
export function holdOf(frame: Frame, startAt: Microseconds, time: Microseconds): Hold | undefined {
  const name = blockerIn(frame);
  return name === undefined || time === 0 ? undefined : { id: "", name, startAt, time };
}
