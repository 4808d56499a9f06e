/** What open requests have allocated so far: parts of heap profiles, decoded when they come. */
import { decodeHeap, joined } from "../profile/decode_heap.ts";
import type { Profile } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { heapRequestProfile, type RequestParts } from "../profile/request_profile.ts";
import { ScriptUrls } from "../profile/script_urls.ts";
import type { Transform } from "../profile/transforms.ts";
import type { HeapMessage } from "../protocol/messages.ts";
import type { SampleCounts } from "../store/entry.ts";

/** Requests whose end was never told are forgotten, the oldest first, beyond this many. */
const MAX_OPEN = 50_000;

export class HeapParts {
  readonly #counts: SampleCounts;
  readonly #steps: readonly Transform[];
  readonly #urls = new ScriptUrls();
  /** By the `seq` of their request; null where a part is lost. */
  readonly #parts = new Map<number, Profile[] | null>();

  /** `steps` clean each request's profile; its samples are counted in `counts`. */
  constructor(steps: readonly Transform[], counts: SampleCounts) {
    this.#counts = counts;
    this.#steps = steps;
  }

  /** Throws if the profile cannot be read; then what the request allocated is not known. */
  add({ seq, profile }: HeapMessage): void {
    const before = this.#parts.get(seq);
    this.#parts.set(seq, null);
    if (this.#parts.size > MAX_OPEN) this.#parts.delete(this.#parts.keys().next().value!);
    if (before === null || profile === null) return;
    this.#parts.set(seq, [...before ?? [], decodeHeap(profile, { urls: this.#urls })]);
  }

  /** A request that has ended, with all that it allocated. */
  claim(request: Omit<RequestParts, "slices" | "holds">): RequestProfile {
    const { seq } = request.request;
    const parts = this.#parts.get(seq);
    this.#parts.delete(seq);
    const allocated = heapRequestProfile(request, parts ? joined(parts) : undefined, this.#steps);
    this.#counts.attributed += allocated.sampleCount;
    return allocated;
  }

  clear(): void {
    this.#parts.clear();
  }
}
