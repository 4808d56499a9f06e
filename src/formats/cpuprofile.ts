import { IDLE, metaFrame, ROOT } from "../profile/frames.ts";
import type { Frame, Profile } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { V8CallFrame, V8Profile, V8ProfileNode } from "../profile/v8.ts";
import { type Details, detailsIfAny } from "./details.ts";
import type { Format } from "./format.ts";
import { readCpuprofile } from "./read_cpuprofile.ts";

const ROOT_ID = 1;
const IDLE_ID = 2;
/** Stack `i` is node `i + FIRST_ID`. */
const FIRST_ID = 3;

/** A `.cpuprofile` with the request's data beside V8's. */
export interface CpuProfileFile extends V8Profile {
  readonly profsrv?: Details;
}

/**
 * V8's own format, over the request's span; what is not the request's is `(idle)`.
 *
 * Readers take sample `i` to last until the time of sample `i + 1`. So each of our samples becomes one at the beginning
 * of its stretch, and an `(idle)` one follows where a stretch ends and no other begins, and at the very end.
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile
 */
export const cpuprofile: Format = {
  id: "cpuprofile",
  extension: ".cpuprofile",
  mediaType: "application/json",
  about: "Chrome DevTools, VS Code, speedscope, Firefox Profiler",
  write: (subject) => JSON.stringify(cpuProfileFile(subject)),
  read: readCpuprofile,
};

/** The content of the file, before it becomes text. */
export function cpuProfileFile(subject: RequestProfile): CpuProfileFile {
  const { profile } = subject;
  const { samples, timeDeltas } = timeline(profile);
  const profsrv = detailsIfAny(subject);
  return {
    nodes: nodes(profile, samples),
    startTime: profile.startAt,
    endTime: profile.endAt,
    samples,
    timeDeltas,
    ...(profsrv === undefined ? {} : { profsrv }),
  };
}

function timeline({ samples, startAt, endAt }: Profile): { samples: number[]; timeDeltas: number[] } {
  const ids: number[] = [];
  const timeDeltas: number[] = [];
  let last = startAt;
  const add = (id: number, at: number): void => {
    ids.push(id);
    timeDeltas.push(at - last);
    last = at;
  };
  let end = startAt;
  for (const [i, stack] of samples.stack.entries()) {
    const start = samples.startAt[i]!;
    if (start > end) add(IDLE_ID, end);
    add(stack + FIRST_ID, start);
    end = start + samples.time[i]!;
  }
  if (end < endAt) add(IDLE_ID, end);
  add(IDLE_ID, endAt);
  return { samples: ids, timeDeltas };
}

function nodes({ frames, stacks }: Profile, samples: readonly number[]): V8ProfileNode[] {
  const script = scriptIds(frames);
  const hits: number[] = [];
  const children: number[][] = [];
  for (let id = 0; id < stacks.parent.length + FIRST_ID; id++) {
    hits.push(0);
    children.push([]);
  }
  for (const id of samples) hits[id]! += 1;
  children[ROOT_ID]!.push(IDLE_ID);
  for (const [i, parent] of stacks.parent.entries()) {
    children[parent < 0 ? ROOT_ID : parent + FIRST_ID]!.push(i + FIRST_ID);
  }
  const node = (id: number, frame: Frame): V8ProfileNode => ({
    id,
    callFrame: callFrame(frame, script),
    hitCount: hits[id]!,
    children: children[id]!,
  });
  return [
    node(ROOT_ID, metaFrame(ROOT)),
    node(IDLE_ID, metaFrame(IDLE)),
    ...stacks.frame.map((frame, i) => node(i + FIRST_ID, frames[frame]!)),
  ];
}

function callFrame({ name, url, line, column }: Frame, script: Map<string, string>): V8CallFrame {
  return {
    functionName: name,
    scriptId: script.get(url) ?? "0",
    url,
    lineNumber: line,
    columnNumber: column,
  };
}

/** A number for each script, as DevTools tells scripts apart by it; `0` is none. */
function scriptIds(frames: readonly Frame[]): Map<string, string> {
  const ids = new Map([["", "0"]]);
  for (const { url } of frames) {
    if (!ids.has(url)) ids.set(url, String(ids.size));
  }
  return ids;
}
