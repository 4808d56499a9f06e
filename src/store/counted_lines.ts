/** Lines of an index, of which only what adds up is read. Pure. */
import type { IndexEntry } from "./entry.ts";
import { readEntry } from "./read_entry.ts";
import type { EpochMilliseconds } from "../units.ts";
import { type CountedEntry, countedOf, EntryScanner } from "./scan_entry.ts";

/** Takes what is added up of a request. `whole` reads all of it, and may be called before the next one is taken. */
export type TakeRequest = (entry: CountedEntry, whole: () => IndexEntry) => void;

export interface Counting {
  /** Requests that began before this instant are left out. */
  readonly since: string;
  readonly take: TakeRequest;
  /** Called for each line that is none of ours. */
  onDamaged(): void;
}

const NEWLINE = 10;

export class CountedLines {
  readonly #since: EpochMilliseconds;
  readonly #take: TakeRequest;
  readonly #onDamaged: () => void;
  readonly #scanner = new EntryScanner();
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #end = 0;

  constructor({ since, take, onDamaged }: Counting) {
    this.#since = Date.parse(since);
    this.#take = take;
    this.#onDamaged = onDamaged;
  }

  /** Adds lines, the last one without its end; null is one that is too long. */
  add(bytes: Buffer | null): void {
    if (bytes === null) return this.#onDamaged();
    this.#bytes = bytes;
    for (this.#from = 0; this.#from <= bytes.length; this.#from = this.#end + 1) this.#addOne();
  }

  #addOne(): void {
    const scanned = this.#scanner.scan(this.#bytes, this.#from);
    this.#end = scanned === undefined ? endOf(this.#bytes, this.#from) : this.#scanner.end;
    const entry = scanned ?? this.#read();
    if (entry === undefined) this.#onDamaged();
    else if (entry.startedOn >= this.#since) this.#take(entry, this.#whole);
  }

  #read(): CountedEntry | undefined {
    const entry = this.#line();
    return entry === undefined ? undefined : countedOf(entry);
  }

  #line(): IndexEntry | undefined {
    return readEntry(this.#bytes.toString("utf8", this.#from, this.#end));
  }

  // A line that was taken can be read again.
  readonly #whole = (): IndexEntry => this.#line()!;
}

function endOf(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(NEWLINE, from);
  return end < 0 ? bytes.length : end;
}
