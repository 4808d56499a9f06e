import { isRequest, type Outcome, pathOf, type RequestProfile } from "../profile/request.ts";
import { toMilliseconds } from "../units.ts";

/** What a profile file says of its request: times in milliseconds, exact to the microsecond. */
export interface Details {
  /** Version of this shape. */
  readonly v: 1;
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly route: string;
  readonly host: string;
  readonly http: string;
  readonly status: number;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly duration: number;
  readonly cpu: number;
  readonly blocked: number;
  readonly wait: number;
  readonly gc: number;
  readonly samples: number;
  readonly outcome: Outcome;
  readonly pid: number;
  readonly tid: number;
  readonly runtime: string;
  readonly traceparent?: string;
}

/** The request's data for a file of its profile; undefined where there was no request. */
export function detailsIfAny(subject: RequestProfile): Details | undefined {
  return isRequest(subject.request) ? detailsOf(subject) : undefined;
}

/** The request's data. */
export function detailsOf(subject: RequestProfile): Details {
  const { request, process } = subject;
  return {
    v: 1,
    id: subject.id,
    method: request.method,
    url: request.url,
    path: pathOf(request.url),
    route: subject.route,
    host: request.host,
    http: request.http,
    status: request.status,
    bytes: request.bytes,
    start: new Date(request.startedOn).toISOString(),
    duration: toMilliseconds(request.duration),
    cpu: toMilliseconds(request.cpu),
    blocked: toMilliseconds(request.blocked),
    wait: toMilliseconds(request.duration - request.cpu - request.blocked),
    gc: toMilliseconds(subject.gc),
    samples: subject.sampleCount,
    outcome: request.outcome,
    pid: process.pid,
    tid: process.tid,
    runtime: process.runtime,
    ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
  };
}
