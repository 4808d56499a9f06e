import { ROOT } from "./frames.ts";
import type { Frame } from "./model.ts";
import { ScriptUrls } from "./script_urls.ts";
import type { Tables } from "./tables.ts";
import type { V8ProfileNode } from "./v8.ts";

/** How V8's call tree is read. */
export interface TreeOptions {
  /**
   * Called with half a sentence for each part of a profile that contradicts another: the part is left out. Absent, the
   * profile is refused.
   */
  onContradiction?(reason: string): void;
  /** Called for each position before the beginning of its script, which becomes that beginning. */
  onPosition?(): void;
  /** The urls of scripts, as profiles before had them. */
  readonly urls?: ScriptUrls;
}

/**
 * Puts V8's call tree into the tables; gives the stack of each node's id, -1 for the root's.
 *
 * Goes from the root on, as the nodes may come in any order. Nodes that cannot be reached have a root of their own.
 *
 * @throws at the first contradiction if nobody takes it
 */
export function decodeTree(
  nodes: readonly V8ProfileNode[],
  tables: Tables,
  options: TreeOptions = {},
): Map<number, number> {
  const { urls = new ScriptUrls() } = options;
  const contradicts = contradictionsOf(options);
  const nodeOfId = nodesById(nodes, contradicts);
  urls.learn(nodeOfId.values());
  const { roots, childrenOf } = links(nodeOfId, contradicts);
  const stackOfId = new Map<number, number>();
  const stackOf = (node: V8ProfileNode, parent: number) =>
    tables.stack(parent, tables.frame(frameOf(node, urls, options)));
  for (const root of [...roots, ...nodeOfId.values()]) {
    if (stackOfId.has(root.id)) continue;
    if (!roots.includes(root)) contradicts(`node ${root.id} cannot be reached from the root`);
    stackOfId.set(root.id, root.callFrame?.functionName === ROOT ? -1 : stackOf(root, -1));
    const queue = [root];
    for (const node of queue) {
      const parent = stackOfId.get(node.id)!;
      for (const child of childrenOf.get(node.id) ?? []) {
        if (stackOfId.has(child.id)) continue;
        stackOfId.set(child.id, stackOf(child, parent));
        queue.push(child);
      }
    }
  }
  return stackOfId;
}

function nodesById(
  nodes: readonly V8ProfileNode[],
  contradicts: (reason: string) => void,
): Map<number, V8ProfileNode> {
  const nodeOfId = new Map<number, V8ProfileNode>();
  const all = Array.isArray(nodes) ? nodes : [];
  if (all.length === 0) contradicts("it has no nodes");
  for (const node of all) {
    if (nodeOfId.has(node.id)) contradicts(`node ${node.id} exists twice`);
    else nodeOfId.set(node.id, node);
  }
  return nodeOfId;
}

/** The nodes that are nobody's child, and the children of the others, each the child of one node only. */
function links(
  nodeOfId: ReadonlyMap<number, V8ProfileNode>,
  contradicts: (reason: string) => void,
): { roots: V8ProfileNode[]; childrenOf: Map<number, V8ProfileNode[]> } {
  const parentOfId = new Map<number, number>();
  const childrenOf = new Map<number, V8ProfileNode[]>();
  for (const { id, children = [] } of nodeOfId.values()) {
    const own: V8ProfileNode[] = [];
    for (const childId of children) {
      const child = nodeOfId.get(childId);
      const other = parentOfId.get(childId);
      if (child === undefined) contradicts(`node ${id} names child ${childId}, which does not exist`);
      else if (other !== undefined) contradicts(`node ${childId} is a child of both ${other} and ${id}`);
      else {
        parentOfId.set(childId, id);
        own.push(child);
      }
    }
    childrenOf.set(id, own);
  }
  const roots = [...nodeOfId.values()].filter(({ id }) => !parentOfId.has(id));
  const [root, second] = roots;
  if (root === undefined && nodeOfId.size > 0) contradicts("no node is the root");
  if (second !== undefined) contradicts(`nodes ${root?.id} and ${second.id} both have no parent`);
  return { roots, childrenOf };
}

function frameOf({ id, callFrame }: V8ProfileNode, urls: ScriptUrls, options: TreeOptions): Frame {
  const { functionName, url, lineNumber, columnNumber } = callFrame ?? {};
  const isSound = typeof functionName === "string" && typeof url === "string" &&
    Number.isInteger(lineNumber) && Number.isInteger(columnNumber);
  if (!isSound) contradictionsOf(options)(`node ${id} has no sound call frame`);
  return {
    name: typeof functionName === "string" ? functionName : "",
    url: typeof url === "string" ? urls.of(callFrame) : "",
    line: position(lineNumber, options),
    column: position(columnNumber, options),
  };
}

/** V8 takes off what a script's `lineOffset` or `columnOffset` says: what is before its text is at a negative place. */
function position(value: number | undefined, { onPosition }: TreeOptions): number {
  if (!Number.isInteger(value)) return -1;
  if (value! >= -1) return value!;
  onPosition?.();
  return 0;
}

/** What is called with each contradiction: refuses the profile where nobody takes it. */
export function contradictionsOf({ onContradiction }: TreeOptions): (reason: string) => void {
  return onContradiction ?? ((reason) => {
    throw unreadable(reason);
  });
}

/** Why a profile of V8 is refused, in one sentence. */
export function unreadable(reason: string): UnreadableProfile {
  return new UnreadableProfile(reason);
}

/** A profile of V8 contradicts itself. */
export class UnreadableProfile extends Error {
  override name = "UnreadableProfile";
  readonly reason: string;
  constructor(reason: string) {
    super(`Cannot read V8 profile: ${reason}`);
    this.reason = reason;
  }
}
