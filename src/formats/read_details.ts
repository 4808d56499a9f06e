import { countsOf } from "../profile/request_profile.ts";
import type { Profile } from "../profile/model.ts";
import { prune } from "../profile/prune.ts";
import type { Hold, RequestInfo, RequestProfile } from "../profile/request.ts";
import { toMicroseconds } from "../units.ts";
import type { Details } from "./details.ts";
import { FormatError } from "./format.ts";
import { assertCount, isRecord } from "./read_text.ts";

/** What each part of the details must be, besides there. */
const SHAPE: Readonly<Record<keyof Details, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  id: isFilled,
  method: isFilled,
  url: isText,
  path: isText,
  route: isText,
  host: isText,
  http: isText,
  status: isAmount,
  bytes: isAmount,
  start: (value) => isText(value) && Number.isFinite(Date.parse(value)),
  duration: isAmount,
  cpu: isAmount,
  blocked: isAmount,
  wait: isAmount,
  gc: isAmount,
  samples: isAmount,
  outcome: (value) => isText(value) && ["finished", "aborted", "error", "unfinished"].includes(value),
  pid: isAmount,
  tid: isAmount,
  runtime: isText,
  traceparent: (value) => value === undefined || isText(value),
};

/**
 * The request's data in a file, checked; undefined if the file has none.
 *
 * @throws `FormatError`
 */
export function readDetails(value: unknown): Details | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw new FormatError("its request data is no object");
  for (const [key, isSound] of Object.entries(SHAPE)) {
    const part = Object.hasOwn(value, key) ? value[key] : undefined;
    if (!isSound(part)) throw new FormatError(`its request data has no sound "${key}"`);
  }
  return value as unknown as Details;
}

/**
 * A profile as one of a request: the one that the details tell of, else of none, called by the file's `name`.
 *
 * Span, cpu and counts are the profile's own, where it is one of time, so that they hold whatever the details say.
 */
export function subjectOf(
  whole: Profile,
  details: Details | undefined,
  { name, holds = [] }: { readonly name: string; readonly holds?: readonly Hold[] },
): RequestProfile {
  const profile = prune(whole);
  assertDepth(profile);
  const times = profile.unit === "bytes" ? timesOf(details) : timesIn(profile, details);
  return {
    id: details?.id ?? name,
    route: details?.route ?? "",
    process: {
      pid: details?.pid ?? 0,
      tid: details?.tid ?? 0,
      runtime: details?.runtime ?? "",
    },
    request: { ...requestOf(details, name), ...times },
    profile,
    ...counts(profile),
    ...(holds.length === 0 ? {} : { holds }),
  };
}

/** Frames of all stacks together: files of text write out each stack, which is the square of what a chain takes here. */
const MOST_FRAMES = 50_000_000;

function assertDepth({ stacks, samples }: Profile): void {
  const depths = new Uint32Array(stacks.parent.length);
  for (const [i, parent] of stacks.parent.entries()) depths[i] = 1 + (parent < 0 ? 0 : depths[parent]!);
  let frames = 0;
  for (const stack of new Set(samples.stack)) frames += depths[stack]!;
  assertCount(frames, MOST_FRAMES, "frames in its stacks");
}

type Told = Omit<RequestInfo, "startAt" | "duration" | "cpu" | "blocked">;

function requestOf(details: Details | undefined, name: string): Told {
  if (details === undefined) {
    return {
      seq: 1,
      method: "",
      url: name,
      host: "",
      http: "",
      status: 0,
      bytes: 0,
      startedOn: 0,
      outcome: "finished",
    };
  }
  const { method, url, host, http, status, bytes, start, outcome, traceparent } = details;
  const told = { seq: 1, method, url, host, http, status, bytes, outcome, startedOn: Date.parse(start) };
  return traceparent === undefined ? told : { ...told, traceparent };
}

type Times = Pick<RequestInfo, "startAt" | "duration" | "cpu" | "blocked">;

/** The times that a profile says itself. The law of time leaves no more than the rest for other requests. */
function timesIn({ startAt, endAt, samples }: Profile, details: Details | undefined): Times {
  const cpu = samples.time.reduce((sum, time) => sum + time, 0);
  const duration = endAt - startAt;
  const blocked = Math.min(toMicroseconds(details?.blocked ?? 0), duration - cpu);
  return { startAt, duration, cpu, blocked };
}

/** Of a profile in bytes only the details tell how long its request took: held to the law of time. */
function timesOf(details: Details | undefined): Times {
  const duration = toMicroseconds(details?.duration ?? 0);
  const cpu = Math.min(toMicroseconds(details?.cpu ?? 0), duration);
  const blocked = Math.min(toMicroseconds(details?.blocked ?? 0), duration - cpu);
  return { startAt: 0, duration, cpu, blocked };
}

function counts(profile: Profile): { sampleCount: number; gc: number } {
  return profile.unit === "bytes" ? { sampleCount: profile.samples.stack.length, gc: 0 } : countsOf(profile);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isFilled(value: unknown): boolean {
  return isText(value) && value !== "";
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
