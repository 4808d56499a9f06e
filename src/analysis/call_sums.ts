/** How often the requests of a route called each function, from what the index has of each. */
import { isOwnCode } from "../profile/own_code.ts";
import type { CalledFunction } from "../store/entry.ts";

/** Functions told apart in a route. */
const MOST_FUNCTIONS = 200;

/** A function, as requests of a route called it. */
export interface RouteCalls extends CalledFunction {
  /** By each of the requests that have it in their list, on average: a list has only those called most. */
  readonly count: number;
  /** How many have it. */
  readonly requests: number;
  /** Of so many whose calls were counted. */
  readonly of: number;
}

export class CallSums {
  /** Requests whose calls were counted. */
  #requests = 0;
  readonly #functions = new Map<string, { first: CalledFunction; count: number; requests: number }>();

  /** Adds a request. */
  add(calls: readonly CalledFunction[]): void {
    this.#requests++;
    for (const it of calls) this.#add(it, { count: it.count, requests: 1 });
  }

  join(other: CallSums | undefined): void {
    if (other === undefined) return;
    this.#requests += other.#requests;
    for (const { first, ...sums } of other.#functions.values()) this.#add(first, sums);
  }

  /** The application's own functions first, and of these those called most. */
  most(): RouteCalls[] {
    const all = [...this.#functions.values()].map(({ first, count, requests }) => ({
      ...first,
      count: count / requests,
      requests,
      of: this.#requests,
    }));
    return all.sort((a, b) => rankOf(b) - rankOf(a) || b.count - a.count);
  }

  #add(
    first: CalledFunction,
    { count, requests }: { readonly count: number; readonly requests: number },
  ): void {
    const key = `${first.line}:${first.file.length}:${first.file}${first.function}`;
    const known = this.#functions.get(key);
    if (known !== undefined) {
      known.count += count;
      known.requests += requests;
    } else if (this.#functions.size < MOST_FUNCTIONS) this.#functions.set(key, { first, count, requests });
  }
}

function rankOf({ function: name, file }: CalledFunction): number {
  return isOwnCode({ name, url: file, line: -1, column: -1 }) ? 1 : 0;
}
