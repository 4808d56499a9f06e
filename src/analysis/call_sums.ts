/** How often the requests of a route called each function, from what the index has of each. */
import { isOwnCode } from "../profile/own_code.ts";
import { type CalledFunction, functionKey } from "../store/entry.ts";

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

/** The calls of one function. */
interface Sum {
  readonly first: CalledFunction;
  count: number;
  requests: number;
  /** No requests that have it were left out. */
  isWhole: boolean;
}

export class CallSums {
  /** Requests whose calls were counted. */
  #requests = 0;
  /** Functions were left out. */
  #isCut = false;
  readonly #functions = new Map<string, Sum>();

  /** Adds a request. */
  add(calls: readonly CalledFunction[]): void {
    this.#requests++;
    for (const first of calls) {
      const key = functionKey(first);
      const known = this.#functions.get(key);
      if (known !== undefined) {
        known.count += first.count;
        known.requests++;
      } else if (this.#functions.size < MOST_FUNCTIONS) {
        this.#functions.set(key, { first, count: first.count, requests: 1, isWhole: true });
      } else this.#isCut = true;
    }
  }

  /** Adds all that another has, however many functions that are: one that was left out of either has a part of its calls only. */
  join(other: CallSums | undefined): void {
    if (other === undefined) return;
    this.#requests += other.#requests;
    if (other.#isCut) {
      for (const [key, known] of this.#functions) known.isWhole &&= other.#functions.has(key);
    }
    for (const [key, sum] of other.#functions) {
      const known = this.#functions.get(key);
      if (known === undefined) this.#functions.set(key, { ...sum, isWhole: sum.isWhole && !this.#isCut });
      else {
        known.count += sum.count;
        known.requests += sum.requests;
        known.isWhole &&= sum.isWhole;
      }
    }
    this.#isCut ||= other.#isCut;
  }

  /** The application's own functions first, and of these those called most; without those of which some calls may not have been counted. */
  most(): RouteCalls[] {
    const all = [...this.#functions.values()].filter(({ isWhole }) => isWhole).map((
      { first, count, requests },
    ) => ({
      ...first,
      count: count / requests,
      requests,
      of: this.#requests,
    }));
    return all.sort((a, b) => rankOf(b) - rankOf(a) || b.count - a.count);
  }
}

function rankOf({ function: name, file }: CalledFunction): number {
  return isOwnCode({ name, url: file, line: -1, column: -1 }) ? 1 : 0;
}
