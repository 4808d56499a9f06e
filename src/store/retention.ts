/** Which requests keep their profile files when not all can: every route keeps its slowest. Pure. */
import TinyQueue from "tinyqueue";
import type { Bytes, Milliseconds } from "../units.ts";

/** The most that is kept. */
export interface Limits {
  /** Profile files of all requests together, */
  readonly maxFiles: number;
  /** and their bytes. */
  readonly maxSize: Bytes;
}

/** One profile file. */
export interface KeptFile {
  /** Relative to the run's directory, with `/` on every system. */
  readonly name: string;
  /** See `identityAt`. */
  readonly identity: string;
}

/** The profile files of one request. */
export interface KeptFiles {
  readonly route: string;
  /** The higher, the longer they are kept; see `rankOf`. */
  readonly rank: number;
  readonly files: readonly KeptFile[];
  readonly size: Bytes;
}

/** More than any request takes. */
const FAILED: Milliseconds = 1e12;

/** The rank of a request: its duration, and a failed one is slower than all that did not fail. */
export function rankOf(duration: Milliseconds, hasFailed: boolean): number {
  return hasFailed ? FAILED + duration : duration;
}

/**
 * The files that are kept, by route. While there is room all are. Then a route with fewer requests displaces the fastest of the
 * route with most, and among routes that have as many, or one more, the slower request stays: so each displacement makes what is
 * kept fairer or slower, and there is an end to them. With more routes than files the slowest routes stay.
 */
export class Retention {
  readonly #limits: Limits;
  /** The fastest of each route first. */
  readonly #routes = new Map<string, TinyQueue<KeptFiles>>();
  /** Files kept. */
  files = 0;
  /** Their size. */
  size: Bytes = 0;
  /** Of the routes with most requests the one with the fastest; undefined when that has to be found out again. */
  #largest: TinyQueue<KeptFiles> | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Whether `count` files of a request would be kept if they were as large as those that are. Cheap: nothing is changed. */
  admits(route: string, rank: number, count: number): boolean {
    const { maxFiles, maxSize } = this.#limits;
    if (count > maxFiles) return false;
    const expected = this.files === 0 ? 0 : count * this.size / this.files;
    if (this.files + count <= maxFiles && this.size + expected <= maxSize) return true;
    return this.#victim(route, rank) !== undefined;
  }

  /** Keeps files; gives those that have to make room for them, or undefined if they cannot be kept. */
  add(kept: KeptFiles): readonly KeptFiles[] | undefined {
    const { maxFiles, maxSize } = this.#limits;
    const victims: KeptFiles[] = [];
    const { files: { length }, size } = kept;
    if (length > maxFiles || size > maxSize) return undefined;
    while (this.files + length > maxFiles || this.size + size > maxSize) {
      const queue = this.#victim(kept.route, kept.rank);
      if (queue === undefined) {
        for (const victim of victims) this.#put(victim);
        return undefined;
      }
      victims.push(this.#take(queue));
    }
    this.#put(kept);
    return victims;
  }

  #put(kept: KeptFiles): void {
    let queue = this.#routes.get(kept.route);
    if (queue === undefined) {
      queue = new TinyQueue<KeptFiles>([], (a, b) => a.rank - b.rank);
      this.#routes.set(kept.route, queue);
    }
    queue.push(kept);
    this.files += kept.files.length;
    this.size += kept.size;
    this.#largest = undefined;
  }

  #take(queue: TinyQueue<KeptFiles>): KeptFiles {
    const kept = queue.pop()!;
    if (queue.length === 0) this.#routes.delete(kept.route);
    this.files -= kept.files.length;
    this.size -= kept.size;
    this.#largest = undefined;
    return kept;
  }

  /** The route whose fastest makes room for a request; undefined if none does. */
  #victim(route: string, rank: number): TinyQueue<KeptFiles> | undefined {
    const largest = this.#largest ??= this.#findLargest();
    if (largest === undefined) return undefined;
    const own = this.#routes.get(route);
    const fewer = largest.length - (own?.length ?? 0);
    if (fewer > 1) return largest;
    if (fewer === 1 && rank > largest.peek()!.rank) return largest;
    return own !== undefined && rank > own.peek()!.rank ? own : undefined;
  }

  #findLargest(): TinyQueue<KeptFiles> | undefined {
    let largest: TinyQueue<KeptFiles> | undefined;
    for (const queue of this.#routes.values()) {
      const more = queue.length - (largest?.length ?? 0);
      if (more > 0 || more === 0 && queue.peek()!.rank < largest!.peek()!.rank) largest = queue;
    }
    return largest;
  }
}
