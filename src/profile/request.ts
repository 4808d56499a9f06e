/** One request to the profiled server and what was measured of it. */
import type { Bytes, EpochMilliseconds, Microseconds } from "../units.ts";
import type { CountedCalls } from "./function_calls.ts";
import type { Profile, SampledStacks } from "./model.ts";

/**
 * How a request ended: its response went `finished` out; the connection `aborted` before; the server broke it off
 * with an `error`; or the process ended first and left it `unfinished`.
 */
export type Outcome = "finished" | "aborted" | "error" | "unfinished";

/**
 * A request as the process that served it saw it. All times are whole microseconds.
 *
 * Invariant (the law of time): `cpu + blocked <= duration`; the rest, `duration - cpu - blocked`, is the time in which
 * the event loop ran nothing that counts (`wait`).
 */
export interface RequestInfo {
  /** Number of the request in its process, from 1. */
  readonly seq: number;
  /** Empty only where there was no request, see `isRequest`. */
  readonly method: string;
  /** The request target as it came in, query included. */
  readonly url: string;
  /** The `Host` header (or `:authority`); empty if there was none. */
  readonly host: string;
  /** HTTP version: `1.0`, `1.1`, `2`. */
  readonly http: string;
  /** Status code of the response; 0 if none was sent. */
  readonly status: number;
  /** Bytes of the response's body as sent. */
  readonly bytes: Bytes;
  /** The framework's route pattern where it can be had (Express); else absent. */
  readonly pattern?: string | undefined;
  /** The W3C `traceparent` header where the request carried one. */
  readonly traceparent?: string | undefined;
  /** The `Content-Type` of the response, where it has one. */
  readonly contentType?: string | undefined;
  /** True if the run has a trigger and this request carried it. */
  readonly triggered?: boolean | undefined;
  /** Start on the wall clock. */
  readonly startedOn: EpochMilliseconds;
  /** Start on V8's clock. */
  readonly startAt: Microseconds;
  readonly duration: Microseconds;
  /** The event loop ran this request. */
  readonly cpu: Microseconds;
  /** It ran another request meanwhile, or for 1 ms and more work of none. */
  readonly blocked: Microseconds;
  /**
   * So long at most it lay in its socket before `startAt`, because the event loop was held: no part of `duration`; absent if it did not.
   */
  readonly queued?: Microseconds | undefined;
  readonly outcome: Outcome;
  /** True if its times, as measured, contradicted each other by more than rounding, and were changed to keep the law. */
  readonly isClamped?: boolean | undefined;
  /** True if, with `--serial`, another request had its turn beside it. */
  readonly isBeside?: boolean | undefined;
}

/** The process or thread that served a request. */
export interface ProcessInfo {
  readonly pid: number;
  /** Thread id as `worker_threads.threadId`: 0 for the main thread. */
  readonly tid: number;
  /** Name and version, as `node 24.1.0`. */
  readonly runtime: string;
}

/** The id of what held up the event loop when that was no request. */
export const OUTSIDE = "(outside requests)";
/** What a picture calls it. */
export const OUTSIDE_NAME = "work outside requests";

/** A time in which something else held up the event loop, and with it a request in flight. */
export interface Hold {
  /** The id of the request that did, or `OUTSIDE`; empty where it is not known. */
  readonly id: string;
  /** Method and route of that request, its id where they are not known, or `OUTSIDE_NAME`. */
  readonly name: string;
  readonly startAt: Microseconds;
  readonly time: Microseconds;
}

/**
 * One request with its own profile, complete: what every format writes.
 *
 * Invariants: a profile of time spans exactly `startAt..startAt + duration`; its samples' times add up to `cpu`, those on the
 * frame `(unsampled)` included. One in bytes has nothing to do with the request's times.
 */
export interface RequestProfile {
  /** Unique in the run. */
  readonly id: string;
  /** Method-independent name of the route: the framework's pattern, else the path with its variable parts named. */
  readonly route: string;
  readonly process: ProcessInfo;
  readonly request: RequestInfo;
  readonly profile: Profile;
  /**
   * Its samples in the tables of its window, none if it has none: where it is there it serves lines and sums as well as `profile`, which is made
   * when it is first asked for.
   */
  readonly shared?: SampledStacks | undefined;
  /** The profile is empty because what was to be in it is lost. */
  readonly isLost?: true | undefined;
  /** Samples taken while the request ran. */
  readonly sampleCount: number;
  /** Part of `cpu` in which the garbage collector ran, as sampled. */
  readonly gc: Microseconds;
  /** What held it up for 1 ms and more at a time, in order and apart; their times add up to `blocked` at most. */
  readonly holds?: readonly Hold[];
  /** Of what held the event loop longest while it lay in its socket: the id of a request, or `OUTSIDE`. */
  readonly queuedBy?: string | undefined;
  /** How often each function was called, counted exactly; absent where calls were not counted. */
  readonly calls?: CountedCalls | undefined;
}

/** Whether anything is known of the request: nothing is of a profile from elsewhere, whose `url` is its file's name. */
export function isRequest({ method }: RequestInfo): boolean {
  return method !== "";
}

const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-(?:([0-9a-f]{16})-)?/;

/** The trace id in the `traceparent` that a request carried. https://www.w3.org/TR/trace-context/#traceparent-header */
export function traceIdOf({ traceparent }: RequestInfo): string | undefined {
  return traceparent === undefined ? undefined : TRACE_ID.exec(traceparent)?.[1];
}

/** The id that its caller knows the request by, the caller's span, in the `traceparent` that it carried. */
export function spanIdOf({ traceparent }: RequestInfo): string | undefined {
  return traceparent === undefined ? undefined : TRACE_ID.exec(traceparent)?.[2];
}

/** What a request is called in one line. */
export function titleOf(request: RequestInfo): string {
  return isRequest(request) ? `${request.method} ${request.url}` : request.url;
}

/**
 * The path of a request target as it came in, undecoded, without query.
 *
 * The target of CONNECT (`host:port`) and the `*` of OPTIONS are their own path. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function pathOf(url: string): string {
  return splitTarget(url).path;
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** A request target as path and query, the latter without its `?` and empty if there is none. */
export function splitTarget(url: string): { path: string; query: string } {
  const local = url.startsWith("/") ? url : url.replace(ORIGIN, "");
  const fragment = local.indexOf("#");
  const target = fragment < 0 ? local : local.slice(0, fragment);
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path === "" ? "/" : path, query: mark < 0 ? "" : target.slice(mark + 1) };
}

/** Whether a request ended in 5xx or broke off. */
export function hasFailed({ status, outcome }: Pick<RequestInfo, "status" | "outcome">): boolean {
  return status >= 500 || outcome === "aborted" || outcome === "error";
}
