import { gzipSync } from "fflate/browser";
import {
  type LabelInput,
  Profile as PprofProfile,
  type ProfileInput as PprofProfileInput,
  StringTable,
} from "pprof-format";
import { isMeta, UNSAMPLED } from "../profile/frames.ts";
import { type Frame, type Profile, type StackTable, type Unit, unitOf } from "../profile/model.ts";
import { isRequest, type RequestProfile, spanIdOf, traceIdOf } from "../profile/request.ts";
import { detailsIfAny } from "./details.ts";
import { ALL_UNITS, type Format } from "./format.ts";
import { fileName, placedName, PPROF_COMMENT } from "./labels.ts";
import { MEASURES, NANOSECONDS } from "./pprof_measures.ts";
import { readPprof } from "./read_pprof.ts";

/**
 * pprof's profile.proto, gzipped, with the request as labels of every sample.
 *
 * Loses order and gaps. Compressed in JavaScript, so that the bytes are the same on every system.
 *
 * https://github.com/google/pprof/blob/main/proto/profile.proto
 */
export const pprof: Format = {
  id: "pprof",
  extension: ".pb.gz",
  mediaType: "application/gzip",
  about: "go tool pprof, Grafana Pyroscope, speedscope",
  units: ALL_UNITS,
  write: (subject) => gzipSync(pprofProfile(subject).encode(), { mtime: 0 }),
  read: readPprof,
};

function pprofProfile(subject: RequestProfile): PprofProfile {
  const { profile, request } = subject;
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const details = detailsIfAny(subject);
  return new PprofProfile({
    stringTable,
    ...sampleTypes(text, unitOf(profile)),
    timeNanos: BigInt(Math.round(request.startedOn * 1000)) * BigInt(NANOSECONDS),
    durationNanos: request.duration * NANOSECONDS,
    // One line, as pprof prints all comments before each report.
    comment: details === undefined ? [] : [text(PPROF_COMMENT + JSON.stringify(details))],
    ...functionsOf(profile.frames, text),
    sample: samples(profile, labels(subject, text)),
  });
}

/** The number of a text in a file. */
export type Text = (value: string) => number;

/** What is measured of each sample: how many samples there are, and `MEASURES` of the unit. */
export function sampleTypes(
  text: Text,
  unit: Unit,
): Required<Pick<PprofProfileInput, "sampleType" | "defaultSampleType" | "periodType">> {
  const measure = MEASURES[unit];
  const own = { type: text(measure.type), unit: text(measure.unit) };
  return {
    sampleType: [{ type: text("samples"), unit: text("count") }, own],
    defaultSampleType: text(measure.type),
    periodType: { type: text(measure.period), unit: own.unit },
  };
}

/** One location per function: samples know the function, not the line in it. */
export function functionsOf(
  frames: readonly Frame[],
  text: Text,
): Required<Pick<PprofProfileInput, "location" | "function">> {
  return {
    location: frames.map(({ line, column }, i) => ({
      id: i + 1,
      line: [{ functionId: i + 1, line: line + 1, column: column + 1 }],
    })),
    function: frames.map((frame, i) => {
      const name = text(placedName(frame));
      return {
        id: i + 1,
        name,
        systemName: name,
        filename: text(fileName(frame)),
        startLine: frame.line + 1,
      };
    }),
  };
}

/** The locations of a stack, from its top down. */
export function locationsOf(stack: number, { parent, frame }: StackTable): number[] {
  const ids: number[] = [];
  for (let s = stack; s >= 0; s = parent[s]!) ids.push(frame[s]! + 1);
  return ids;
}

/** One sample per stack, with all that was taken of it. */
function samples(
  { unit, frames, stacks, samples }: Profile,
  label: LabelInput[],
): { locationId: number[]; value: number[]; label: LabelInput[] }[] {
  const { scale } = MEASURES[unitOf({ unit })];
  const values = new Map<number, [count: number, time: number]>();
  for (const [i, stack] of samples.stack.entries()) {
    const value = values.get(stack) ?? [0, 0];
    value[0] += isMeta(frames[stacks.frame[stack]!]!, UNSAMPLED) ? 0 : 1;
    value[1] += samples.time[i]! * scale;
    values.set(stack, value);
  }
  return [...values].map(([stack, value]) => ({ locationId: locationsOf(stack, stacks), value, label }));
}

/**
 * Stores of profiles make a series of each value of a string label, but for `trace_id` and `span_id`: so a text is a label only where
 * there are few of it, and all else is a number or stands in the comment.
 */
function labels(subject: RequestProfile, text: Text): LabelInput[] {
  const { request, gc } = subject;
  if (!isRequest(request)) return [];
  const { duration, cpu, blocked, status, bytes } = request;
  const texts: Record<string, string | undefined> = {
    method: request.method,
    route: subject.route,
    "trace_id": traceIdOf(request),
    "span_id": spanIdOf(request),
  };
  const times = { duration, cpu, blocked, wait: duration - cpu - blocked, gc };
  return [
    ...Object.entries(texts).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key: text(key), str: text(value) }]
    ),
    ...Object.entries({ status, bytes }).flatMap(([key, num]) => num === 0 ? [] : [{ key: text(key), num }]),
    ...Object.entries(times).map(([key, time]) => ({
      key: text(key),
      num: time * NANOSECONDS,
      numUnit: text("nanoseconds"),
    })),
  ];
}
