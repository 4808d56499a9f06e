import { ROOT } from "./frames.ts";
import type { Tables } from "./tables.ts";
import type { V8ProfileNode } from "./v8.ts";

/**
 * Puts V8's call tree into the tables; gives the stack of each node's id, -1 for the root's.
 *
 * Goes from the root on, as the nodes may come in any order.
 */
export function decodeTree(nodes: readonly V8ProfileNode[], tables: Tables): Map<number, number> {
  if (!Array.isArray(nodes) || nodes.length === 0) throw unreadable("it has no nodes");
  const nodeOfId = new Map<number, V8ProfileNode>();
  for (const node of nodes) {
    if (nodeOfId.has(node.id)) throw unreadable(`node ${node.id} exists twice`);
    nodeOfId.set(node.id, node);
  }
  const root = rootOf(nodes, nodeOfId);
  const isRoot = root.callFrame?.functionName === ROOT;
  const stackOfId = new Map<number, number>([[root.id, isRoot ? -1 : stackOf(root, -1, tables)]]);
  const queue = [root];
  for (const node of queue) {
    const parent = stackOfId.get(node.id) ?? -1;
    for (const id of node.children ?? []) {
      const child = nodeOfId.get(id);
      if (child === undefined) continue; // rootOf has refused it already
      stackOfId.set(id, stackOf(child, parent, tables));
      queue.push(child);
    }
  }
  if (stackOfId.size < nodes.length) {
    const lost = nodes.find((node) => !stackOfId.has(node.id));
    throw unreadable(`node ${lost?.id} cannot be reached from the root`);
  }
  return stackOfId;
}

/** The one node that is nobody's child. */
function rootOf(nodes: readonly V8ProfileNode[], nodeOfId: Map<number, V8ProfileNode>): V8ProfileNode {
  const parentOfId = new Map<number, number>();
  for (const node of nodes) {
    for (const child of node.children ?? []) {
      if (!nodeOfId.has(child)) {
        throw unreadable(`node ${node.id} names child ${child}, which does not exist`);
      }
      const other = parentOfId.get(child);
      if (other !== undefined) throw unreadable(`node ${child} is a child of both ${other} and ${node.id}`);
      parentOfId.set(child, node.id);
    }
  }
  const [root, second] = nodes.filter((node) => !parentOfId.has(node.id));
  if (root === undefined) throw unreadable("no node is the root");
  if (second !== undefined) throw unreadable(`nodes ${root.id} and ${second.id} both have no parent`);
  return root;
}

function stackOf(node: V8ProfileNode, parent: number, tables: Tables): number {
  const { functionName: name, url, lineNumber: line, columnNumber: column } = node.callFrame ?? {};
  if (typeof name !== "string" || typeof url !== "string" || !isPosition(line) || !isPosition(column)) {
    throw unreadable(`node ${node.id} has no sound call frame`);
  }
  return tables.stack(parent, tables.frame({ name, url, line, column }));
}

function isPosition(value: number | undefined): value is number {
  return Number.isInteger(value) && value! >= -1;
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
