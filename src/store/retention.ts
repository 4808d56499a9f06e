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
  /** Of files that are not written yet as much as others have. */
  size: Bytes;
}

/** More than any request takes. */
const FAILED: Milliseconds = 1e12;

/** A route with more requests than these has examples enough: only one of its slowest displaces another. */
const MANY = 100;

/** The rank of a request: its duration, and a failed one is slower than all that did not fail. */
export function rankOf(duration: Milliseconds, hasFailed: boolean): number {
  return hasFailed ? FAILED + duration : duration;
}

/** What is kept of a route, the fastest first. */
class Route extends TinyQueue<KeptFiles> {
  /** The ranks of its slowest, `MANY` of them at most. They are the last to go. */
  readonly #slowest = new TinyQueue<number>();

  constructor() {
    super([], (a, b) => a.rank - b.rank);
  }

  override push(kept: KeptFiles): void {
    super.push(kept);
    this.#slowest.push(kept.rank);
    if (this.#slowest.length > MANY) this.#slowest.pop();
  }

  /**
   * Whether a request takes the place of the fastest. Where there are many, being a little slower is not enough: a flood of
   * requests would have file after file written and removed.
   */
  yieldsTo(rank: number): boolean {
    const fastest = this.peek()!.rank;
    if (rank <= fastest) return false;
    return this.length <= MANY || rank > this.#slowest.peek()! || fastest < FAILED && rank >= FAILED;
  }
}

/**
 * The files that are kept, by route. While there is room all are. Then a route with fewer requests displaces the fastest of the
 * route with most. Among routes that have as many, or one more, the slower request stays. So each displacement makes what is
 * kept fairer or slower, and they come to an end. With more routes than files the slowest routes stay.
 */
export class Retention {
  readonly #limits: Limits;
  readonly #routes = new Map<string, Route>();
  /** Files kept. */
  files = 0;
  /** Their size. */
  size: Bytes = 0;
  /** Of the routes with most requests the one with the fastest; undefined when that has to be found out again. */
  #largest: Route | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The size of `count` files, if they are like those that are kept. */
  expected(count: number): Bytes {
    return this.files === 0 ? 0 : count * this.size / this.files;
  }

  /** Whether `count` files of a request would be kept if they were as large as those that are. Cheap: nothing is changed. */
  admits(route: string, rank: number, count: number): boolean {
    const { maxFiles, maxSize } = this.#limits;
    if (count > maxFiles) return false;
    if (this.files + count <= maxFiles && this.size + this.expected(count) <= maxSize) return true;
    return this.#victim(route, rank) !== undefined;
  }

  /** Keeps files; gives those that have to make room for them, or undefined if they cannot be kept. */
  add(kept: KeptFiles): readonly KeptFiles[] | undefined {
    const { maxFiles, maxSize } = this.#limits;
    const victims: KeptFiles[] = [];
    const { files: { length }, size } = kept;
    if (length > maxFiles || size > maxSize) return undefined;
    while (this.files + length > maxFiles || this.size + size > maxSize) {
      const route = this.#victim(kept.route, kept.rank);
      if (route === undefined) {
        for (const victim of victims) this.#put(victim);
        return undefined;
      }
      victims.push(this.#take(route));
    }
    this.#put(kept);
    return victims;
  }

  /** The files of a request, which is kept, have a size now; gives those that have to make room, which may be these. */
  settleSize(kept: KeptFiles, size: Bytes): readonly KeptFiles[] {
    this.size += size - kept.size;
    kept.size = size;
    const victims: KeptFiles[] = [];
    while (this.size > this.#limits.maxSize) victims.push(this.#take(this.#largest ??= this.#findLargest()!));
    return victims;
  }

  #put(kept: KeptFiles): void {
    let route = this.#routes.get(kept.route);
    if (route === undefined) this.#routes.set(kept.route, route = new Route());
    route.push(kept);
    this.files += kept.files.length;
    this.size += kept.size;
    this.#largest = undefined;
  }

  #take(route: Route): KeptFiles {
    const kept = route.pop()!;
    if (route.length === 0) this.#routes.delete(kept.route);
    this.files -= kept.files.length;
    this.size -= kept.size;
    this.#largest = undefined;
    return kept;
  }

  /** The route whose fastest makes room for a request; undefined if none does. */
  #victim(route: string, rank: number): Route | undefined {
    const largest = this.#largest ??= this.#findLargest();
    if (largest === undefined) return undefined;
    const own = this.#routes.get(route);
    const fewer = largest.length - (own?.length ?? 0);
    if (fewer > 1) return largest;
    if (fewer === 1 && largest.yieldsTo(rank)) return largest;
    return own !== undefined && own.yieldsTo(rank) ? own : undefined;
  }

  #findLargest(): Route | undefined {
    let largest: Route | undefined;
    for (const route of this.#routes.values()) {
      const more = route.length - (largest?.length ?? 0);
      if (more > 0 || more === 0 && route.peek()!.rank < largest!.peek()!.rank) largest = route;
    }
    return largest;
  }
}
