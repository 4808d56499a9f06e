/** Routes and functions. */
import type { HeldBy } from "../../analysis/culprits.ts";
import type { FunctionSums } from "../../analysis/functions.ts";
import type { HotFunction } from "../../store/entry.ts";
import type { Bytes, Milliseconds } from "../../units.ts";

/** All requests by route, those with most own cpu first. */
export interface Routes {
  readonly routes: readonly RouteRow[];
}

export interface RouteRow {
  /** As `GET /users/:id`, or `(unknown paths)`, `(other)`. */
  readonly name: string;
  /** Those of `Row.routeName` that it stands for. */
  readonly names: readonly string[];
  readonly count: number;
  readonly p50: Milliseconds;
  readonly p95: Milliseconds;
  readonly p99: Milliseconds;
  readonly max: Milliseconds;
  /** Share of the requests that ended in 5xx or broke off. */
  readonly failed: number;
  /** Sums. */
  readonly duration: Milliseconds;
  readonly cpu: Milliseconds;
  readonly blocked: Milliseconds;
  readonly wait: Milliseconds;
  /** Share of the cpu of all requests. */
  readonly cpuShare: number;
  /** What a request allocated, on average; null where that was not measured. */
  readonly alloc: Bytes | null;
  /** Functions in which its requests spent most time, or that allocated most, of each request one; 10 at most. */
  readonly functions: readonly (Omit<HotFunction, "self"> & { readonly self: number })[];
  /** Who held up its requests, 10 at most. */
  readonly blockers: readonly HeldBy[];
  /** Whom its requests held up, 10 at most. */
  readonly heldUp: readonly HeldBy[];
  /** Its slowest request with a profile. */
  readonly slowest: string | null;
}

/** The functions of the run, by its merged profiles, those with most of `self` first; 200 at most. */
export interface Functions {
  /** Of the application; libraries and the runtime count for its functions that call them. */
  readonly own: readonly FunctionRow[];
  readonly all: readonly FunctionRow[];
  /** Requests whose profiles these sums are of. */
  readonly requests: number;
  /** Time that these sums are of. */
  readonly time: Milliseconds;
}

export interface FunctionRow extends FunctionSums {
  /** From which routes, by time in itself, 10 at most. */
  readonly routes: readonly { readonly name: string; readonly self: Milliseconds }[];
}
