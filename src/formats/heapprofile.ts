import { metaFrame, ROOT } from "../profile/frames.ts";
import type { Frame, Profile } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { V8HeapSample } from "../profile/v8.ts";
import type { Bytes } from "../units.ts";
import { scriptIds, v8CallFrame } from "./cpuprofile.ts";
import { detailsIfAny } from "./details.ts";
import type { Format } from "./format.ts";
import { readHeapprofile } from "./read_heapprofile.ts";

const ROOT_ID = 1;
/** Stack `i` is node `i + FIRST_ID`. */
const FIRST_ID = 2;

/**
 * V8's sampling heap profile, of bytes only: who allocated how much, what was collected meanwhile included.
 *
 * Each node carries the bytes of its own samples; the samples tell the order. The request's data stand under an extra key.
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/#type-SamplingHeapProfile
 */
export const heapprofile: Format = {
  id: "heapprofile",
  extension: ".heapprofile",
  mediaType: "application/json",
  about: "Chrome DevTools (Memory), VS Code; only with --profiler heap",
  units: ["bytes"],
  write: heapProfileText,
  read: readHeapprofile,
};

function heapProfileText(subject: RequestProfile): string {
  const { samples: { stack, time } } = subject.profile;
  const samples = stack.map((one, ordinal): V8HeapSample => ({
    size: time[ordinal]!,
    nodeId: one + FIRST_ID,
    ordinal: ordinal + 1,
  }));
  const profsrv = detailsIfAny(subject);
  return `{"head":${head(subject.profile)},"samples":${JSON.stringify(samples)}${
    profsrv === undefined ? "" : `,"profsrv":${JSON.stringify(profsrv)}`
  }}`;
}

/** The tree as JSON. Written node by node, for nodes contain each other and `JSON.stringify` takes no deep ones. */
function head({ frames, stacks, samples }: Profile): string {
  const script = scriptIds(frames);
  const sizes: Bytes[] = stacks.parent.map(() => 0);
  for (const [i, stack] of samples.stack.entries()) sizes[stack]! += samples.time[i]!;
  const children: number[][] = Array.from({ length: stacks.parent.length + 1 }, () => []);
  for (const [stack, parent] of stacks.parent.entries()) children[parent + 1]!.push(stack);
  const open = (id: number, frame: Frame, selfSize: Bytes): string =>
    `{"callFrame":${
      JSON.stringify(v8CallFrame(frame, script))
    },"selfSize":${selfSize},"id":${id},"children":[`;
  const text = [open(ROOT_ID, metaFrame(ROOT), 0)];
  /** The nodes that are not closed yet, each with its place among its siblings. */
  const path = [{ stack: -1, next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const child = children[top.stack + 1]![top.next++];
    if (child === undefined) {
      text.push("]}");
      path.pop();
      continue;
    }
    if (top.next > 1) text.push(",");
    text.push(open(child + FIRST_ID, frames[stacks.frame[child]!]!, sizes[child]!));
    path.push({ stack: child, next: 0 });
  }
  return text.join("");
}
