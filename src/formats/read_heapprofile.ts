import { decodeHeap } from "../profile/decode_heap.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { V8HeapNode, V8HeapSample } from "../profile/v8.ts";
import { UnreadableProfile } from "../profile/v8_tree.ts";
import { FormatError } from "./format.ts";
import { readDetails, subjectOf } from "./read_details.ts";
import { isFinite, isRecord, listOf, objectOf } from "./read_text.ts";

const EXPECTED = "a sampling heap profile of V8: head and samples";

/** A `.heapprofile`, of ours or of `node --heap-prof`, DevTools: its bytes in the order of its samples, where it has them. */
export function readHeapprofile(content: Uint8Array, name: string): RequestProfile {
  const file = objectOf(content, EXPECTED);
  const head = file["head"];
  if (!isTree(head)) {
    throw new FormatError(`it has no sound tree of nodes as its "head", expected ${EXPECTED}`);
  }
  const samples = file["samples"] === undefined
    ? []
    : listOf(file, "samples", { is: isSample, expected: "a sample with size, nodeId and ordinal" });
  try {
    return subjectOf(decodeHeap({ head, samples }), readDetails(file["profsrv"]), { name });
  } catch (error) {
    if (error instanceof UnreadableProfile) throw new FormatError(`${error.reason}, expected ${EXPECTED}`);
    throw error;
  }
}

function isSample(value: unknown): value is V8HeapSample {
  return isRecord(value) && isFinite(value["size"]) && isFinite(value["nodeId"]) &&
    isFinite(value["ordinal"]);
}

/** A loop, for nodes may contain each other to any depth. */
function isTree(head: unknown): head is V8HeapNode {
  const queue = [head];
  for (const node of queue) {
    if (
      !isRecord(node) || !isFinite(node["id"]) || !isFinite(node["selfSize"]) || !isRecord(node["callFrame"])
    ) {
      return false;
    }
    if (!Array.isArray(node["children"])) return false;
    for (const child of node["children"]) queue.push(child);
  }
  return true;
}
