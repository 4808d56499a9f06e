import type { Bytes } from "../units.ts";
import { isMeta, metaFrame, PROFILER, PROGRAM } from "./frames.ts";
import { StackMap } from "./merge.ts";
import type { Profile } from "./model.ts";
import { Tables } from "./tables.ts";
import type { V8HeapNode, V8HeapProfile, V8HeapSample, V8ProfileNode } from "./v8.ts";
import { decodeTree, type TreeOptions, unreadable } from "./v8_tree.ts";
import { shareOf } from "./weights.ts";

/** A stack and the bytes that one sample stands for. */
interface Allocation {
  readonly stack: number;
  readonly bytes: Bytes;
  readonly ordinal: number;
}

/**
 * What V8's heap profile says was allocated, in bytes.
 *
 * V8 rounds how many objects a sample stands for, the less the more samples it takes together: so a node's `selfSize` counts, and
 * its samples divide that. Bytes that V8 allocated without JavaScript on the stack are `(program)`.
 *
 * @throws `UnreadableProfile` at a contradiction
 */
export function decodeHeap(profile: V8HeapProfile, options: TreeOptions = {}): Profile {
  const tables = new Tables();
  return inARow(tables, allocations(profile, tables, options));
}

/** Profiles in bytes as one. */
export function joined(parts: readonly Profile[]): Profile {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const tables = new Tables();
  const allocations = parts.flatMap((part) => {
    const map = new StackMap(part, tables);
    return part.samples.stack.map((stack, i) => ({ stack: map.get(stack), bytes: part.samples.time[i]! }));
  });
  return inARow(tables, allocations);
}

/** One after another from 0 on, as the model has it. */
function inARow(
  { frames, stacks }: Pick<Profile, "frames" | "stacks">,
  allocations: readonly Pick<Allocation, "stack" | "bytes">[],
): Profile {
  const samples = { stack: [] as number[], startAt: [] as Bytes[], time: [] as Bytes[] };
  let end: Bytes = 0;
  for (const { stack, bytes } of allocations) {
    samples.stack.push(stack);
    samples.startAt.push(end);
    samples.time.push(bytes);
    end += bytes;
  }
  if (!Number.isSafeInteger(end)) throw unreadable(`its sizes add up to ${end}, more than can be`);
  return { unit: "bytes", frames, stacks, samples, startAt: 0, endAt: end };
}

/** A step that leaves out what this profiler has allocated itself: those bytes are none of the application's. */
export function withoutProfiler(profile: Profile): Profile {
  const { frames, stacks, samples } = profile;
  const own = frames.findIndex((frame) => isMeta(frame, PROFILER));
  if (own < 0) return profile;
  const all = samples.stack.map((stack, i) => ({ stack, bytes: samples.time[i]! }));
  return inARow(profile, all.filter(({ stack }) => stacks.frame[stack] !== own));
}

/** In the order in which they were made. */
function allocations(
  { head, samples = [] }: V8HeapProfile,
  tables: Tables,
  options: TreeOptions,
): Allocation[] {
  const { nodes, sizes } = listed(head);
  const stackOfId = decodeTree(nodes, tables, options);
  const samplesOf = new Map<number, V8HeapSample[]>();
  for (const sample of samples) {
    if (!isSize(sample.size) || !Number.isSafeInteger(sample.ordinal)) {
      throw unreadable("a sample has no size");
    }
    // V8 allocates while it makes the tree, and takes samples of that: they are of nodes that came too late for it.
    if (!stackOfId.has(sample.nodeId)) continue;
    const own = samplesOf.get(sample.nodeId);
    if (own === undefined) samplesOf.set(sample.nodeId, [sample]);
    else own.push(sample);
  }
  const made: Allocation[] = [];
  for (const [id, bytes] of sizes) {
    if (bytes === 0) continue;
    const known = stackOfId.get(id)!;
    const stack = known >= 0 ? known : tables.stack(-1, tables.frame(metaFrame(PROGRAM)));
    made.push(...divided(bytes, samplesOf.get(id) ?? []).map((it) => ({ stack, ...it })));
  }
  return made.sort((a, b) => a.ordinal - b.ordinal);
}

/** Divides the bytes of a node among its samples by their sizes; where it has none they are one. */
function divided(bytes: Bytes, samples: readonly V8HeapSample[]): { bytes: Bytes; ordinal: number }[] {
  const all = samples.reduce((sum, { size }) => sum + size, 0);
  if (all === 0) return [{ bytes, ordinal: 0 }];
  let [seen, before] = [0, 0];
  return samples.map(({ size, ordinal }) => {
    seen += size;
    const upTo = shareOf(seen, bytes, all);
    const own = upTo - before;
    before = upTo;
    return { bytes: own, ordinal };
  });
}

/** The nodes of the tree as a list, as a CPU profile has them. A loop, for a file may nest them as deep as it likes. */
function listed(head: V8HeapNode): { nodes: V8ProfileNode[]; sizes: Map<number, Bytes> } {
  const nodes: V8ProfileNode[] = [];
  const sizes = new Map<number, Bytes>();
  const queue = [head];
  for (const { id, callFrame, selfSize, children } of queue) {
    if (!isSize(selfSize)) throw unreadable(`node ${id} has the size ${selfSize}`);
    nodes.push({ id, callFrame, children: children.map((it) => it.id) });
    sizes.set(id, selfSize);
    for (const child of children) queue.push(child);
  }
  return { nodes, sizes };
}

function isSize(value: unknown): value is Bytes {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
