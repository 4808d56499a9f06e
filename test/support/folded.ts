/**
 * Tiny profiles as text. Each line is one sample, `a;b 30`: function `b`, called by `a`, for 30 microseconds; `- 20` is
 * a gap of 20. A frame is `name` (in app.js), `name@url`, `name@url:line` (0-based), or `(meta)`.
 */
import { metaFrame } from "../../src/profile/frames.ts";
import type { Frame, Profile } from "../../src/profile/model.ts";
import type { RequestInfo, RequestProfile } from "../../src/profile/request.ts";
import { Tables } from "../../src/profile/tables.ts";
import type { V8Profile, V8ProfileNode } from "../../src/profile/v8.ts";

export const APP = "file:///app.js";

/** The profile that a text describes, gap after gap from `startAt` on. */
export function fromFolded(text: string, startAt = 0): Profile {
  const tables = new Tables();
  const samples = { stack: [] as number[], startAt: [] as number[], time: [] as number[] };
  let end = startAt;
  for (const { path, time } of lines(text)) {
    if (path !== undefined) {
      let stack = -1;
      for (const frame of path) stack = tables.stack(stack, tables.frame(frame));
      samples.stack.push(stack);
      samples.startAt.push(end);
      samples.time.push(time);
    }
    end += time;
  }
  return { frames: tables.frames, stacks: tables.stacks, samples, startAt, endAt: end };
}

/** The text of a profile: `fromFolded` backwards. */
export function toFolded(profile: Profile): string {
  const { samples } = profile;
  const out: string[] = [];
  let end = profile.startAt;
  const gapUpTo = (at: number): void => {
    if (at > end) out.push(`- ${at - end}`);
  };
  for (const [i, stack] of samples.stack.entries()) {
    gapUpTo(samples.startAt[i]!);
    out.push(`${stackText(profile, stack)} ${samples.time[i]}`);
    end = samples.startAt[i]! + samples.time[i]!;
  }
  gapUpTo(profile.endAt);
  return out.join("\n");
}

/** A stack of a profile as `a;b`. */
export function stackText({ frames, stacks }: Profile, stack: number): string {
  const names: string[] = [];
  for (let s = stack; s >= 0; s = stacks.parent[s]!) names.push(frameText(frames[stacks.frame[s]!]!));
  return names.reverse().join(";");
}

/** A V8 profile in which each line's sample is taken that long after the last one. */
export function v8FromFolded(text: string, startTime: number, endTime?: number): V8Profile {
  const profile = fromFolded("");
  const tables = new Tables();
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let clock = startTime;
  for (const { path, time } of lines(text)) {
    let stack = -1;
    for (const frame of path ?? []) stack = tables.stack(stack, tables.frame(frame));
    samples.push(stack + 2);
    timeDeltas.push(time);
    clock += time;
  }
  const nodes = v8Nodes({ ...profile, frames: tables.frames, stacks: tables.stacks });
  return { nodes, startTime, endTime: endTime ?? clock, samples, timeDeltas };
}

function v8Nodes({ frames, stacks }: Profile): V8ProfileNode[] {
  const callFrame = ({ name, url, line, column }: Frame) => ({
    functionName: name,
    scriptId: "0",
    url,
    lineNumber: line,
    columnNumber: column,
  });
  const childrenOf = (stack: number) =>
    stacks.parent.flatMap((parent, child) => parent === stack ? [child + 2] : []);
  return [
    { id: 1, callFrame: callFrame(metaFrame("(root)")), children: childrenOf(-1) },
    ...stacks.frame.map((frame, i) => ({
      id: i + 2,
      callFrame: callFrame(frames[frame]!),
      children: childrenOf(i),
    })),
  ];
}

/** A plain finished request; say what matters. */
export function requestInfo(own: Partial<RequestInfo> = {}): RequestInfo {
  return {
    seq: 1,
    method: "GET",
    url: "/",
    host: "localhost",
    http: "1.1",
    status: 200,
    bytes: 0,
    startedOn: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    startAt: 0,
    duration: 0,
    cpu: 0,
    blocked: 0,
    outcome: "finished",
    ...own,
  };
}

/** A request whose profile is just this: its span, cpu and counts follow from it. */
export function requestProfileOf(profile: Profile | string, own: Partial<RequestInfo> = {}): RequestProfile {
  const whole = typeof profile === "string" ? fromFolded(profile, own.startAt) : profile;
  const { frames, stacks, samples, startAt, endAt } = whole;
  const cpu = samples.time.reduce((sum, time) => sum + time, 0);
  const leaves = samples.stack.map((stack) => frames[stacks.frame[stack]!]!.name);
  return {
    id: "p1-1",
    route: "/",
    process: { pid: 42, tid: 0, runtime: "node 24.1.0" },
    request: requestInfo({ startAt, duration: endAt - startAt, cpu, ...own }),
    profile: whole,
    sampleCount: leaves.filter((name) => name !== "(unsampled)").length,
    gc: samples.time.reduce((sum, time, i) => sum + (leaves[i] === "(garbage collector)" ? time : 0), 0),
  };
}

function lines(text: string): { path: Frame[] | undefined; time: number }[] {
  const rows = text.split("\n").map((row) => row.trim()).filter((row) => row !== "");
  return rows.map((row) => {
    const at = row.lastIndexOf(" ");
    const stack = row.slice(0, at);
    return {
      path: stack === "-" ? undefined : stack.split(";").map(parseFrame),
      time: Number(row.slice(at + 1)),
    };
  });
}

function parseFrame(text: string): Frame {
  if (text.startsWith("(")) return metaFrame(text);
  const [, name, url, line] = /^([^@]*)(?:@(.*?)(?::(\d+))?)?$/.exec(text) ?? [];
  return { name: name ?? "", url: url ?? APP, line: Number(line ?? 0), column: 0 };
}

function frameText({ name, url, line }: Frame): string {
  if (url === "") return name;
  const position = line === 0 ? "" : `:${line}`;
  return url === APP && line === 0 ? name : `${name}@${url}${position}`;
}
