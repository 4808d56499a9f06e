import { metaFrame, ROOT } from "../profile/frames.ts";
import type { Frame, Profile } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { V8CallFrame, V8Profile, V8ProfileNode } from "../profile/v8.ts";
import { type CallRow, callRows } from "./calls.ts";
import { type Details, detailsIfAny } from "./details.ts";
import type { Format } from "./format.ts";
import { Gaps, restName } from "./gaps.ts";
import { readCpuprofile } from "./read_cpuprofile.ts";

const ROOT_ID = 1;
/** Stack `i` is node `i + FIRST_ID`; the names of gaps follow. */
const FIRST_ID = 2;

/** A `.cpuprofile` with the request's data beside V8's. */
export interface CpuProfileFile extends V8Profile {
  readonly profsrv?: Details & { readonly calls?: readonly CallRow[] };
}

/**
 * V8's own format, over the request's span; what is not the request's is `(blocked by …)` or `(waiting)`.
 *
 * Readers take sample `i` to last until the time of sample `i + 1`. So each of our samples becomes one at the beginning
 * of its stretch, and one of a gap follows where a stretch ends and no other begins, and at the very end.
 *
 * https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile
 */
export const cpuprofile: Format = {
  id: "cpuprofile",
  extension: ".cpuprofile",
  mediaType: "application/json",
  about: "Chrome DevTools, VS Code, speedscope, Firefox Profiler",
  units: ["microseconds"],
  write: (subject) => JSON.stringify(cpuProfileFile(subject)),
  read: readCpuprofile,
};

/** The content of the file, before it becomes text. */
export function cpuProfileFile(subject: RequestProfile): CpuProfileFile {
  const { profile } = subject;
  const gaps = new Map<string, number>();
  const { samples, timeDeltas } = timeline(subject, gaps);
  const profsrv = detailsIfAny(subject);
  return {
    nodes: nodes(profile, samples, [...gaps.keys()]),
    startTime: profile.startAt,
    endTime: profile.endAt,
    samples,
    timeDeltas,
    ...(profsrv === undefined ? {} : { profsrv: { ...profsrv, ...callRows(subject) } }),
  };
}

/** Adds the names of all gaps to `gaps`, with the id of the node of each. */
function timeline(
  subject: RequestProfile,
  gaps: Map<string, number>,
): { samples: number[]; timeDeltas: number[] } {
  const { samples, stacks, startAt, endAt } = subject.profile;
  const idOf = (name: string): number => {
    const known = gaps.get(name);
    if (known !== undefined) return known;
    const id = FIRST_ID + stacks.parent.length + gaps.size;
    gaps.set(name, id);
    return id;
  };
  const between = new Gaps(subject);
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
    for (const gap of between.between(end, start)) add(idOf(gap.name), gap.startAt);
    add(stack + FIRST_ID, start);
    end = start + samples.time[i]!;
  }
  for (const gap of between.between(end, endAt)) add(idOf(gap.name), gap.startAt);
  add(idOf(restName(subject)), endAt);
  return { samples: ids, timeDeltas };
}

function nodes(
  { frames, stacks }: Profile,
  samples: readonly number[],
  gaps: readonly string[],
): V8ProfileNode[] {
  const script = scriptIds(frames);
  const hits: number[] = [];
  const children: number[][] = [];
  const firstGap = FIRST_ID + stacks.parent.length;
  for (let id = 0; id < firstGap + gaps.length; id++) {
    hits.push(0);
    children.push([]);
  }
  for (const id of samples) hits[id]! += 1;
  children[ROOT_ID]!.push(...gaps.map((_, index) => firstGap + index));
  for (const [i, parent] of stacks.parent.entries()) {
    children[parent < 0 ? ROOT_ID : parent + FIRST_ID]!.push(i + FIRST_ID);
  }
  const node = (id: number, frame: Frame): V8ProfileNode => ({
    id,
    callFrame: v8CallFrame(frame, script),
    hitCount: hits[id]!,
    children: children[id]!,
  });
  return [
    node(ROOT_ID, metaFrame(ROOT)),
    ...stacks.frame.map((frame, i) => node(i + FIRST_ID, frames[frame]!)),
    ...gaps.map((name, index) => node(firstGap + index, metaFrame(name))),
  ];
}

/** A frame as V8 writes it. */
export function v8CallFrame({ name, url, line, column }: Frame, script: Map<string, string>): V8CallFrame {
  return {
    functionName: name,
    scriptId: script.get(url) ?? "0",
    url,
    lineNumber: line,
    columnNumber: column,
  };
}

/** A number for each script, as DevTools tells scripts apart by it; `0` is none. */
export function scriptIds(frames: readonly Frame[]): Map<string, string> {
  const ids = new Map([["", "0"]]);
  for (const { url } of frames) {
    if (!ids.has(url)) ids.set(url, String(ids.size));
  }
  return ids;
}
