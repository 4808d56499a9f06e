import { AGENT_SCRIPT, isRuntime, metaFrame, PROFILER, scriptPath } from "./frames.ts";
import type { Profile } from "./model.ts";
import { Tables } from "./tables.ts";
import type { Transform } from "./transforms.ts";

/** What V8 calls the agent's module in WebAssembly (`agent/node/context/promise_log.ts`). */
const AGENT_MODULE = "wasm://wasm/profsrv-";

/** No agent's frame lies between here and the application's code below. */
const VISIBLE = -2;

/**
 * A step that shows this profiler's own work as one frame `(profsrv)`, and otherwise leaves no trace of it.
 *
 * The agent is that script, or the file of this path or url, as Deno calls it. What its functions call in the runtime is its work too and collapses with them;
 * but where they hand on to the application, they are taken out and the application's frames stay, in their place.
 * Functions of the agent named in `passThrough` hand on to the runtime as well (a wrapped `emit` whose original runs
 * node's streams): below them only what they do themselves is the profiler's work.
 */
export function hideProfiler(agent: string, passThrough: readonly string[] = []): Transform {
  const agentPlace = place(agent);
  const agentName = agentPlace.slice(agentPlace.lastIndexOf("/") + 1);
  return (profile) => {
    const { frames, samples } = profile;
    const isAgent = frames.map(({ url }) =>
      url === AGENT_SCRIPT || url.endsWith(agentName) && place(url) === agentPlace ||
      url.startsWith(AGENT_MODULE)
    );
    if (!isAgent.includes(true)) return profile;
    const passes = frames.map((frame, f) => isAgent[f]! && passThrough.includes(frame.name));
    const { tables, stackOf } = rebuild(profile, isAgent, passes);
    return {
      ...profile,
      frames: tables.frames,
      stacks: tables.stacks,
      samples: { ...samples, stack: samples.stack.map((stack) => stackOf[stack]!) },
    };
  };
}

/**
 * A file's directory and name, without the way there: that may differ between what was asked for and what the runtime
 * reports, by symbolic links (macOS's `/tmp`), separators and drive letters. The agent's directory is the run's own.
 */
function place(file: string): string {
  return scriptPath(file).split(/[/\\]/).slice(-2).join("/");
}

function rebuild(
  profile: Profile,
  isAgent: readonly boolean[],
  passes: readonly boolean[],
): { tables: Tables; stackOf: readonly number[] } {
  const { frames, stacks, samples } = profile;
  const tables = new Tables();
  const isApplication = frames.map((frame, f) => !isAgent[f] && !isRuntime(frame));
  const leads = leadsTo(profile, isApplication);
  const isSampled = stacks.parent.map(() => false);
  for (const stack of samples.stack) isSampled[stack] = true;
  /** What a stack's own samples become. */
  const stackOf: number[] = [];
  /** What the stacks above it build on: the same without the agent's frames. */
  const open: number[] = [];
  /** The stack on which its `(profsrv)` sits, if it is the agent's work. */
  const hiddenOn: number[] = [];
  for (const [s, parent] of stacks.parent.entries()) {
    const frame = stacks.frame[s]!;
    const below = open[parent] ?? -1;
    const hidden = hiddenOn[parent] ?? VISIBLE;
    const ownHidden = isApplication[frame] ? VISIBLE : isAgent[frame] && hidden === VISIBLE ? below : hidden;
    const isShown = !isAgent[frame] && (ownHidden === VISIBLE || leads[s]!);
    open.push(isShown ? tables.stack(below, tables.frame(frames[frame]!)) : below);
    hiddenOn.push(passes[frame] ? hidden : ownHidden);
    if (ownHidden === VISIBLE) stackOf.push(open[s]!);
    else stackOf.push(isSampled[s] ? tables.stack(ownHidden, tables.frame(metaFrame(PROFILER))) : -1);
  }
  return { tables, stackOf };
}

/** Which stacks have such a frame on top of them or are a part of a stack that has. */
function leadsTo({ stacks }: Profile, isWanted: readonly boolean[]): boolean[] {
  const leads = stacks.frame.map((frame) => isWanted[frame]!);
  for (let s = leads.length - 1; s >= 0; s--) {
    const parent = stacks.parent[s]!;
    if (leads[s] && parent >= 0) leads[parent] = true;
  }
  return leads;
}
