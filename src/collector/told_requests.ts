/** Requests on their way into the index and to those who want to hear of them. */
import type { RequestProfile } from "../profile/request.ts";
import type { IndexEntry } from "../store/entry.ts";
import type { Store } from "../store/store.ts";
import type { CollectorOptions } from "./collector_options.ts";

/** So many lines at most are held back to be appended together. */
const TOGETHER = 1024;

export class ToldRequests {
  readonly #store: Store;
  readonly #options: Pick<CollectorOptions, "before" | "onRequests">;
  /** Whose lines are held back. */
  #untold: IndexEntry[] = [];
  /** Those of an earlier part of the run, too. */
  count: number;
  /** Requests whose times contradicted each other. */
  clamped = 0;
  /** Those that others had their turn beside. */
  beside = 0;

  constructor(store: Store, options: Pick<CollectorOptions, "before" | "onRequests">) {
    this.#store = store;
    this.#options = options;
    this.count = options.before?.ids.size ?? 0;
  }

  /** Gives whether files of it were written, or will be. */
  add(request: RequestProfile): boolean {
    if (this.#options.before?.ids.has(request.id) === true) return false;
    this.count++;
    if (request.request.isClamped) this.clamped++;
    if (request.request.isBeside) this.beside++;
    const entry = this.#store.add(request);
    this.#untold.push(entry);
    if (this.#untold.length >= TOGETHER) this.tell();
    return entry.files.length > 0;
  }

  /** Who hears of a request finds it in the index. */
  tell(): void {
    if (this.#untold.length === 0) return;
    this.#store.flush();
    const entries = this.#untold;
    this.#untold = [];
    this.#options.onRequests(entries);
  }
}
