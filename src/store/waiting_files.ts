/** Profiles whose files wait to be written: their names are promised already, in the index and to them. */
import type { RequestProfile } from "../profile/request.ts";
import { apart } from "../profile/shown_window.ts";
import type { KeptFiles } from "./retention.ts";

/** So many requests wait at most, with so many samples. */
const MOST_REQUESTS = 10_000;
const MOST_SAMPLES = 200_000;

/** A queue from which any can leave. */
export class WaitingFiles {
  /** In the order of their coming. */
  readonly #profiles = new Map<KeptFiles, RequestProfile>();
  #samples = 0;

  get size(): number {
    return this.#profiles.size;
  }

  /** Whether some have to be written at once. */
  get isFull(): boolean {
    return this.size > MOST_REQUESTS || this.#samples > MOST_SAMPLES;
  }

  add(kept: KeptFiles, profile: RequestProfile): void {
    this.#profiles.set(kept, apart(profile));
    this.#samples += profile.sampleCount;
  }

  /** Takes out the one that has waited longest. */
  takeFirst(): [KeptFiles, RequestProfile] | undefined {
    const [first] = this.#profiles;
    if (first !== undefined) this.remove(first[0]);
    return first;
  }

  /** Takes one out, if it waits. */
  remove(kept: KeptFiles): void {
    this.#samples -= this.#profiles.get(kept)?.sampleCount ?? 0;
    this.#profiles.delete(kept);
  }
}
