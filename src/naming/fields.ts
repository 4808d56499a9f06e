/** The fields of a file name, from a request. */
import { toMilliseconds } from "../units.ts";
import type { EpochMilliseconds } from "../units.ts";
import type { RequestProfile } from "../profile/request.ts";
import { splitTarget } from "../profile/request.ts";
import { decodePercent } from "./percent.ts";
import type { DateTime, Float, Int } from "./values.ts";

/** What a name may tell of a request. */
export interface Fields {
  /** The path without its query and outer `/`, percent escapes read, inner `/` as `.`; `root` if nothing is left. */
  readonly path: string;
  /** Milliseconds from start to end, fractions dropped as Python's `int()` does. */
  readonly duration: Int;
  /** The start in whole seconds since 1970-01-01T00:00:00Z. */
  readonly time: Int;
  readonly method: string;
  readonly host: string;
  /** 0 if no response was sent. */
  readonly status: Int;
  readonly route: string;
  /** Without the `?`, as it came in. */
  readonly query: string;
  readonly id: string;
  readonly pid: Int;
  /** Number of the request in its process, from 1. */
  readonly seq: Int;
  /** Milliseconds in which the event loop ran this request. */
  readonly cpu: Float;
  /** Milliseconds from start to end, with fractions. */
  readonly wall: Float;
  /** The start by the local clock, to the millisecond. */
  readonly date: DateTime;
}

/** As much of a request's profile as a name needs. */
export type NamedRequest = Pick<RequestProfile, "id" | "route" | "process" | "request">;

/** The fields of a request's name. */
export function fieldsOf({ id, route, process, request }: NamedRequest): Fields {
  const { path, query } = splitTarget(request.url);
  return {
    path: decodePercent(path).replace(/^\/+|\/+$/g, "").replaceAll("/", ".") || "root",
    duration: toInt(toMilliseconds(request.duration)),
    time: toInt(request.startedOn / 1000),
    method: request.method,
    host: request.host,
    status: toInt(request.status),
    route,
    query,
    id,
    pid: toInt(process.pid),
    seq: toInt(request.seq),
    cpu: toMilliseconds(request.cpu),
    wall: toMilliseconds(request.duration),
    date: localDate(request.startedOn),
  };
}

/** An instant by the local clock. */
export function localDate(instant: EpochMilliseconds): DateTime {
  const date = new Date(instant);
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    microsecond: date.getMilliseconds() * 1000,
    epoch: Math.floor(instant / 1000),
  };
}

function toInt(value: number): Int {
  return BigInt(Math.trunc(value));
}
