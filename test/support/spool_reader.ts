/** Reads a whole spool, stream by stream. */
import { type Batch, listSpool, Tail } from "../../src/collector/tail.ts";

/** The reading end of a spool directory. */
export class SpoolReader {
  readonly #directory: string;
  readonly #tails = new Map<string, Tail>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whatever is complete by now, stream by stream, in order within each; nothing when there is nothing new. */
  *poll(): Generator<Batch & { readonly stream: string }> {
    for (const [stream, { numbers }] of listSpool(this.#directory)) {
      const tail = this.#tails.get(stream) ?? new Tail(this.#directory, stream, numbers);
      this.#tails.set(stream, tail);
      tail.listed(numbers);
      do for (const batch of tail.read()) yield { stream, ...batch }; while (!tail.isAtEnd);
    }
  }
}
