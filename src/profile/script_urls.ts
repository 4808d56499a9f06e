import type { V8CallFrame, V8ProfileNode } from "./v8.ts";

/** Scripts that are remembered: those that no profile has named for longest are forgotten beyond this many. */
const MAX_SCRIPTS = 50_000;

/**
 * The urls of scripts by V8's number for them.
 *
 * V8 leaves out the url of optimised code whose script is named by `//# sourceURL`, in some profiles and not in others. The
 * number of the script is always there.
 */
export class ScriptUrls {
  readonly #urls = new Map<string, string>();

  /** Takes the urls that are there. */
  learn(nodes: Iterable<V8ProfileNode>): void {
    for (const { callFrame } of nodes) {
      if (callFrame === undefined || callFrame.url === "" || typeof callFrame.url !== "string") continue;
      const script = String(callFrame.scriptId);
      if (script === "0" || this.#urls.get(script) === callFrame.url) continue;
      this.#urls.set(script, callFrame.url);
      if (this.#urls.size > MAX_SCRIPTS) this.#urls.delete(this.#urls.keys().next().value!);
    }
  }

  /** The url of a call frame's script; empty if it has none. */
  of({ url, scriptId }: V8CallFrame): string {
    return url === "" ? this.#urls.get(String(scriptId)) ?? "" : url;
  }
}
