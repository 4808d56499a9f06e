/** The calls of requests that have had their turn, until the requests themselves are heard of. */
import type { CountedCalls, FunctionCalls } from "../profile/function_calls.ts";
import { frameKey } from "../profile/tables.ts";
import type { CallsMessage } from "../protocol/messages.ts";
import type { ProcessSources } from "../sources/mod.ts";

/** The oldest are forgotten beyond so many. */
const MOST_REQUESTS = 2000;

export class CallsOfRequests {
  readonly #messages = new Map<number, CallsMessage>();
  readonly #sources: ProcessSources;

  constructor(sources: ProcessSources) {
    this.#sources = sources;
  }

  add(message: CallsMessage): void {
    this.#messages.set(message.seq, message);
    for (const seq of this.#messages.keys()) {
      if (this.#messages.size <= MOST_REQUESTS) return;
      this.#messages.delete(seq);
    }
  }

  /** What is known of a request's calls, and will not be asked for again; functions as they were written. */
  claim(seq: number): CountedCalls | undefined {
    const message = this.#messages.get(seq);
    if (message === undefined) return undefined;
    this.#messages.delete(seq);
    const functions = new Map<string, { -readonly [key in keyof FunctionCalls]: FunctionCalls[key] }>();
    for (const { url, functions: told } of message.scripts) {
      for (let at = 0; at + 2 < told.length; at += 3) {
        const [name, start, count] = [String(told[at]), Number(told[at + 1]), Number(told[at + 2])];
        const found = this.#sources.calledFunction(url, name, start);
        const key = frameKey(found.frame);
        const known = functions.get(key);
        if (known === undefined) functions.set(key, { ...found, count });
        else known.count += count;
      }
    }
    return { functions: [...functions.values()], leftOut: message.leftOut };
  }

  clear(): void {
    this.#messages.clear();
  }
}
