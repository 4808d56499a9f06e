import { isGap } from "../profile/frames.ts";
import type { Profile, Samples } from "../profile/model.ts";
import type { Hold, RequestProfile } from "../profile/request.ts";
import { Tables } from "../profile/tables.ts";
import type { Microseconds } from "../units.ts";
import { FormatError } from "./format.ts";
import { holdOf } from "./gaps.ts";
import { layOut } from "./lay_out.ts";
import { readDetails, subjectOf } from "./read_details.ts";
import { unplaced } from "./read_labels.ts";
import { isFinite, isRecord, type JsonObject, listOf, objectOf } from "./read_text.ts";

const EXPECTED = "a file of speedscope with one profile in a unit of time or in bytes";

/** Microseconds in speedscope's units of time, and bytes. */
const UNITS: ReadonlyMap<unknown, number> = new Map([
  ["nanoseconds", 0.001],
  ["microseconds", 1],
  ["milliseconds", 1000],
  ["seconds", 1_000_000],
  ["bytes", 1],
]);

type Stretches = { stack: number[]; startAt: Microseconds[]; time: Microseconds[] };

/** A file of speedscope, its profile evented (as ours) or sampled. An instant is in a gap when no frame is open, or one that says so. */
export function readSpeedscope(content: Uint8Array, name: string): RequestProfile {
  const file = objectOf(content, EXPECTED);
  const profiles = listOf(file, "profiles", { is: isRecord, expected: "a profile" });
  const [own] = profiles;
  if (own === undefined || profiles.length > 1) {
    throw new FormatError(`it has ${profiles.length} profiles, expected ${EXPECTED}`);
  }
  const scale = UNITS.get(own["unit"]);
  if (scale === undefined) throw new FormatError(`its unit is "${own["unit"]}", expected ${EXPECTED}`);
  const instant = (value: unknown): Microseconds => {
    const at = isFinite(value) ? Math.round(value * scale) : NaN;
    if (Number.isSafeInteger(at)) return at;
    throw new FormatError(`"${value}" is no sound time`);
  };
  const tables = new Tables();
  const frames = framesOf(file, tables);
  const startAt = instant(own["startValue"]);
  const read = own["type"] === "evented" ? evented : own["type"] === "sampled" ? sampled : undefined;
  if (read === undefined) throw new FormatError(`its type is "${own["type"]}", expected evented or sampled`);
  const { samples: all, end } = read(own, { tables, frames, instant, startAt });
  if (own["unit"] === "bytes") {
    const totals = all.stack.map((stack, i) => ({ stack, time: all.time[i]!, count: 1 }));
    return subjectOf({ ...layOut(tables, totals, 0), unit: "bytes" }, readDetails(file["profsrv"]), { name });
  }
  const { samples, holds } = withoutGaps(all, tables);
  const profile: Profile = {
    frames: tables.frames,
    stacks: tables.stacks,
    samples,
    startAt,
    endAt: Math.max(instant(own["endValue"]), end),
  };
  return subjectOf(profile, readDetails(file["profsrv"]), { name, holds });
}

function withoutGaps(
  { stack, startAt, time }: Samples,
  { frames, stacks }: Tables,
): { samples: Samples; holds: Hold[] } {
  const holds: Hold[] = [];
  const samples: Stretches = { stack: [], startAt: [], time: [] };
  for (const [i, one] of stack.entries()) {
    const frame = frames[stacks.frame[one]!]!;
    if (!isGap(frame)) add(samples, one, startAt[i]!, time[i]!);
    else holds.push(...[holdOf(frame, startAt[i]!, time[i]!)].filter((it) => it !== undefined));
  }
  return { samples, holds };
}

interface Context {
  readonly tables: Tables;
  /** The number of each frame in the tables. */
  readonly frames: readonly number[];
  readonly instant: (value: unknown) => Microseconds;
  readonly startAt: Microseconds;
}

function framesOf(file: JsonObject, tables: Tables): number[] {
  const shared = isRecord(file["shared"]) ? file["shared"] : {};
  const isNamed = (value: unknown): value is JsonObject & { readonly name: string } =>
    isRecord(value) && typeof value["name"] === "string";
  return listOf(shared, "frames", { is: isNamed, expected: "a frame with a name" }).map((frame) => {
    const { name } = frame;
    const url = typeof frame["file"] === "string" ? frame["file"] : "";
    return tables.frame(
      unplaced({ name, url, line: position(frame["line"]), column: position(frame["col"]) }),
    );
  });
}

/** 0-based, -1 if unknown. */
function position(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) - 1 : -1;
}

function evented(
  own: JsonObject,
  { tables, frames, instant, startAt }: Context,
): { samples: Samples; end: Microseconds } {
  const samples: Stretches = { stack: [], startAt: [], time: [] };
  let stack = -1;
  let last = startAt;
  for (const [i, event] of listOf(own, "events", { is: isRecord, expected: "an event" }).entries()) {
    const at = instant(event["at"]);
    if (at < last) throw new FormatError(`event ${i} is at ${at}, before the one at ${last}`);
    if (stack >= 0) add(samples, stack, last, at - last);
    last = at;
    const frame = frameAt(frames, event["frame"], `event ${i}`);
    if (event["type"] === "O") stack = tables.stack(stack, frame);
    else if (event["type"] !== "C") {
      throw new FormatError(`event ${i} is of type "${event["type"]}", expected O or C`);
    } else if (stack < 0 || tables.stacks.frame[stack] !== frame) {
      throw new FormatError(`event ${i} closes a frame that is not the last one opened`);
    } else stack = tables.stacks.parent[stack]!;
  }
  if (stack >= 0) throw new FormatError("not all of its frames are closed");
  return { samples, end: last };
}

function sampled(
  own: JsonObject,
  { tables, frames, instant, startAt }: Context,
): { samples: Samples; end: Microseconds } {
  const samples: Stretches = { stack: [], startAt: [], time: [] };
  const isList = (value: unknown): value is unknown[] => Array.isArray(value);
  const stacks = listOf(own, "samples", { is: isList, expected: "a list of frames" });
  const weights = listOf(own, "weights", { is: isFinite, expected: "a number" });
  if (stacks.length !== weights.length) {
    throw new FormatError(`it has ${stacks.length} samples but ${weights.length} weights`);
  }
  let total = own["startValue"] as number;
  let last = startAt;
  for (const [i, path] of stacks.entries()) {
    if (weights[i]! < 0) throw new FormatError(`sample ${i} weighs ${weights[i]}, less than nothing`);
    total += weights[i]!;
    const at = instant(total);
    let stack = -1;
    for (const frame of path) stack = tables.stack(stack, frameAt(frames, frame, `sample ${i}`));
    if (stack >= 0) add(samples, stack, last, at - last);
    last = at;
  }
  return { samples, end: last };
}

function frameAt(frames: readonly number[], index: unknown, who: string): number {
  const frame = typeof index === "number" ? frames[index] : undefined;
  if (frame === undefined) throw new FormatError(`${who} names frame ${index}, which does not exist`);
  return frame;
}

/** A stretch of no time is none. */
function add(samples: Stretches, stack: number, startAt: Microseconds, time: Microseconds): void {
  if (time === 0) return;
  samples.stack.push(stack);
  samples.startAt.push(startAt);
  samples.time.push(time);
}
