/** The requests of a run by route, one after another: what two runs are compared by. */
import { type IndexEntry, rowAmong } from "../store/entry.ts";
import type { Bytes, Milliseconds } from "../units.ts";

/** Routes told apart; what comes later is not compared. */
const MOST_ROUTES = 10_000;

/** The finished requests of one route in the order in which they ended, a number each. */
export interface RouteSeries {
  /** As `GET /users/:id`. */
  readonly name: string;
  /** A framework told the route. */
  readonly isPattern: boolean;
  /** The place of each among all requests of the run. */
  readonly order: number[];
  readonly cpu: Milliseconds[];
  readonly duration: Milliseconds[];
  readonly blocked: Milliseconds[];
  /** What each allocated, NaN where that is lost; empty where it was not measured. */
  readonly alloc: Bytes[];
  /** Those of them that had a profile written. */
  readonly written: WrittenRequest[];
}

/** A request with profile files. */
export interface WrittenRequest {
  /** Place among the requests of its route, from 0. */
  readonly index: number;
  readonly samples: number;
  readonly files: readonly string[];
  /** As in the index. */
  readonly alloc?: IndexEntry["alloc"];
}

/** The routes of a run by name. */
export type RunSeries = Map<string, RouteSeries>;

/**
 * Adds a request, the `order`th of the run. One that broke off says nothing of what its route takes; false if its route is one too
 * many.
 */
export function addToSeries(run: RunSeries, entry: IndexEntry, order: number): boolean {
  if (entry.outcome !== "finished") return true;
  const name = rowAmong(entry, run);
  let route = run.get(name);
  if (route === undefined) {
    if (run.size >= MOST_ROUTES) return false;
    route = {
      name,
      isPattern: entry.pattern === true,
      order: [],
      cpu: [],
      duration: [],
      blocked: [],
      alloc: [],
      written: [],
    };
    run.set(name, route);
  }
  if (entry.files.length > 0) {
    const { samples, files, alloc } = entry;
    route.written.push({ index: route.cpu.length, samples, files, alloc });
  }
  route.order.push(order);
  route.cpu.push(entry.cpu);
  route.duration.push(entry.duration);
  route.blocked.push(entry.blocked);
  if (entry.alloc !== undefined) route.alloc.push(entry.alloc?.bytes ?? NaN);
  return true;
}

/**
 * Where the blocks of so many requests begin, the end last: blocks of time, for the requests are in its order, with the same
 * number of requests. Requests near each other depend on each other (one busy second slows them all), blocks hardly.
 */
export function blockBorders(requests: number, blocks: number): number[] {
  return Array.from({ length: blocks + 1 }, (_, index) => Math.round(index * requests / blocks));
}
