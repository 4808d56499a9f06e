import { type Call, type CallGraph, callGraph, type Cost } from "../profile/call_graph.ts";
import { callsOfFrames, type FunctionCalls } from "../profile/function_calls.ts";
import { metaFrame } from "../profile/frames.ts";
import { type Frame, unitOf } from "../profile/model.ts";
import { type RequestProfile, titleOf } from "../profile/request.ts";
import { detailsIfAny } from "./details.ts";
import { ALL_UNITS, type Format } from "./format.ts";
import { fileName, oneLine, placedName, position } from "./labels.ts";

/**
 * Valgrind's profile format, for KCachegrind, QCachegrind and `callgrind_annotate`.
 *
 * Those take the sum of all calls of a function for its inclusive cost. So each sample counts once per function on its
 * stack, as cost of the call that entered the function first: `callGraph` says how. Functions at the bottom of stacks
 * are called by an invented `(request)`, or their inclusive cost would miss the samples where they are the bottom.
 * `calls=` is the least number of calls that explains the samples. Where calls were counted, those of a function add up to its
 * count instead: shared among its callers as the samples show them, or all by an invented caller where no sample saw it.
 *
 * https://valgrind.org/docs/manual/cl-format.html
 */
export const callgrind: Format = {
  id: "callgrind",
  extension: ".callgrind",
  mediaType: "text/plain; charset=utf-8",
  about: "KCachegrind, QCachegrind, callgrind_annotate",
  units: ALL_UNITS,
  write: callgrindText,
};

/** The number of the frame that calls the functions at the bottom of the stacks. */
const REQUEST = -1;

function callgrindText(subject: RequestProfile): string {
  const { frames } = subject.profile;
  const graph = callGraph(subject.profile);
  const { calls, unsampled } = counted(subject, graph);
  const all = [...frames, ...unsampled.map(({ frame }) => frame)];
  const names = new Names([...all, metaFrame("(callers not sampled)"), metaFrame("(request)")]);
  const lines = header(subject, graph);
  const callsOf = callsByCaller(calls, frames.length);
  const called = new Set([REQUEST, ...calls.map((call) => call.callee)]);
  for (const frame of [REQUEST, ...frames.keys()].filter((frame) => called.has(frame))) {
    const line = lineOf(frames[frame]);
    lines.push("", names.file("fl", frame), names.function("fn", frame));
    lines.push(costLine(line, graph.self[frame] ?? NOTHING));
    for (const call of callsOf[frame + 1]!) lines.push(...callLines(names, call, { line, all }));
  }
  if (unsampled.length > 0) {
    lines.push("", names.file("fl", all.length), names.function("fn", all.length), costLine(0, NOTHING));
    for (const [i, { count }] of unsampled.entries()) {
      const call = { ...NOTHING, callee: frames.length + i, calls: count };
      lines.push(...callLines(names, call, { line: 0, all }));
    }
  }
  return lines.join("\n") + "\n";
}

const NOTHING: Cost = { time: 0, samples: 0 };

function callLines(
  names: Names,
  call: Omit<Call, "caller">,
  { line, all }: { readonly line: number; readonly all: readonly Frame[] },
): string[] {
  const { callee, calls } = call;
  return [
    names.file("cfi", callee),
    names.function("cfn", callee),
    `calls=${calls} ${lineOf(all[callee])}`,
    costLine(line, call),
  ];
}

/** The calls of the graph, as many as were counted where they were, and the functions that no sample saw called. */
function counted(
  { profile, calls: told }: RequestProfile,
  { calls }: CallGraph,
): { readonly calls: readonly Call[]; readonly unsampled: readonly FunctionCalls[] } {
  if (told === undefined) return { calls, unsampled: [] };
  const counts = callsOfFrames(profile, told);
  const byCallee = new Map<number, Call[]>();
  for (const call of calls) byCallee.set(call.callee, [...byCallee.get(call.callee) ?? [], call]);
  const seen = new Set([...counts].filter(([frame]) => byCallee.has(frame)).map(([, it]) => it));
  const exact = [...byCallee].flatMap(([callee, own]) => {
    const count = counts.get(callee)?.count;
    if (count === undefined) return own;
    const shares = sharesOf(count, own.map((it) => it.calls));
    return own.map((call, i) => ({ ...call, calls: shares[i]! }));
  });
  return { calls: exact, unsampled: told.functions.filter((it) => !seen.has(it)) };
}

/** Whole numbers in the proportion of these parts that add up to the whole, none of them 0 if there is enough. */
function sharesOf(whole: number, parts: readonly number[]): number[] {
  const least = whole >= parts.length ? 1 : 0;
  const left = whole - least * parts.length;
  const sum = parts.reduce((sum, it) => sum + it, 0) || 1;
  let [before, given] = [0, 0];
  return parts.map((part) => {
    before += part;
    const until = Math.round(left * before / sum);
    const share = least + until - given;
    given = until;
    return share;
  });
}

const SAMPLED = "calls= is the least number of calls that explains the samples";
const COUNTED =
  "calls= of a function add up to its counted calls, shared among its callers as sampled; of built-in ones " +
  "they are the least number that explains the samples; times are slowed by the counting";
const EVENTS = { CPU_us: "CPU time in microseconds", Bytes: "allocated bytes" } as const;

function header(subject: RequestProfile, graph: CallGraph): string[] {
  const { profile, request, process } = subject;
  const event = unitOf(profile) === "bytes" ? "Bytes" : "CPU_us";
  const time = profile.samples.time.reduce((sum, own) => sum + own, 0);
  const samples = graph.self.reduce((sum, own) => sum + own.samples, 0);
  return [
    "# callgrind format",
    "version: 1",
    "creator: profsrv",
    `pid: ${process.pid}`,
    `cmd: ${oneLine(titleOf(request))}`,
    ...Object.entries(detailsIfAny(subject) ?? {}).map(([key, value]) =>
      `desc: ${key}: ${oneLine(String(value))}`
    ),
    `desc: note: ${subject.calls === undefined ? SAMPLED : COUNTED}`,
    "positions: line",
    `event: ${event} : ${EVENTS[event]}`,
    "event: Samples : samples taken",
    `events: ${event} Samples`,
    `summary: ${time} ${samples}`,
  ];
}

/** Calls by their caller, `(request)` first. */
function callsByCaller(calls: readonly Call[], frameCount: number): Call[][] {
  const byCaller: Call[][] = Array.from({ length: frameCount + 1 }, () => []);
  for (const call of calls) byCaller[call.caller + 1]!.push(call);
  return byCaller;
}

/** 1-based line of a function, 0 if unknown. */
function lineOf(frame: Frame | undefined): number {
  return (frame?.line ?? -1) + 1;
}

function costLine(line: number, { time, samples }: Cost): string {
  return `${line} ${time} ${samples}`;
}

/**
 * Names in the format's compressed form: `(1) name` the first time, then `(1)`.
 *
 * KCachegrind takes a function's number for name and file together, and knows a file by the last part of its path. So
 * each frame has a number of its own, and frames that would else be taken for each other have their position in
 * their name: `handle` of two `index.js`.
 */
class Names {
  readonly #files: readonly string[];
  readonly #functions: readonly string[];
  readonly #fileIds = new Map<string, number>();
  readonly #functionIds = new Map<string, number>();

  /** Of these frames, the last one being `REQUEST`. */
  constructor(frames: readonly Frame[]) {
    this.#files = frames.map((frame) => fileName(frame) || "???");
    this.#functions = distinct(frames, this.#files);
  }

  file(key: "fl" | "cfi", frame: number): string {
    const file = this.#files.at(frame)!;
    return `${key}=${compressed(this.#fileIds, file, file)}`;
  }

  function(key: "fn" | "cfn", frame: number): string {
    return `${key}=${compressed(this.#functionIds, String(frame), this.#functions.at(frame)!)}`;
  }
}

function compressed(ids: Map<string, number>, key: string, name: string): string {
  const known = ids.get(key);
  if (known !== undefined) return `(${known})`;
  ids.set(key, ids.size + 1);
  return `(${ids.size}) ${name}`;
}

/** A name for each frame that no other has in a file of that name, whatever its directory. */
function distinct(frames: readonly Frame[], files: readonly string[]): string[] {
  const keys = files.map((file) => file.slice(file.lastIndexOf("/") + 1) + "\n");
  const plain = frames.map(placedName);
  const count = new Map<string, number>();
  for (const [i, name] of plain.entries()) count.set(keys[i] + name, (count.get(keys[i] + name) ?? 0) + 1);
  const taken = new Set<string>();
  return plain.map((name, i) => {
    const placed = count.get(keys[i] + name) === 1 ? name : name + position(frames[i]!);
    let free = placed;
    for (let n = 2; taken.has(keys[i] + free); n++) free = `${placed} #${n}`;
    taken.add(keys[i] + free);
    return free;
  });
}
