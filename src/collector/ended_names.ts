/** So many are remembered, the newest: for work that goes on when its request has ended, and for those whom a request held up. */
const MOST = 1 << 14;

/** Method and route of requests that have ended, by their number in the process. */
export class EndedNames {
  #seqs: number[] = [];
  #methods: string[] = [];
  #routes: string[] = [];

  add(seq: number, method: string, route: string): void {
    const place = seq % MOST;
    this.#seqs[place] = seq;
    this.#methods[place] = method;
    this.#routes[place] = route;
  }

  /** As in `GET /users/:id`; undefined if it is not known. */
  of(seq: number): string | undefined {
    const place = seq % MOST;
    return this.#seqs[place] === seq ? `${this.#methods[place]} ${this.#routes[place]}` : undefined;
  }

  clear(): void {
    [this.#seqs, this.#methods, this.#routes] = [[], [], []];
  }
}
