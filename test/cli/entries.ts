/** Index entries for tests. */
import { NO_COST } from "../../src/protocol/messages.ts";
import type { IndexEntry, RunTotals } from "../../src/store/entry.ts";

/** A request; what a test does not care about is made up. */
export function entryOf(known: Partial<IndexEntry> = {}): IndexEntry {
  return {
    v: 1,
    id: "1-0-1",
    pid: 1,
    tid: 0,
    runtime: "node 24.0.0",
    method: "GET",
    url: "/users/42",
    path: "/users/42",
    route: "/users/:id",
    http: "1.1",
    status: 200,
    bytes: 41107,
    start: new Date(2026, 10, 22, 6, 29, 38).toISOString(),
    duration: 12.3,
    cpu: 3.1,
    blocked: 2,
    wait: 7.2,
    gc: 0,
    samples: 3,
    outcome: "finished",
    files: ["users.42.000012ms.1795328978.cpuprofile"],
    ...known,
  };
}

/** The totals of a run; what a test does not care about is made up. */
export function totalsOf(known: Partial<RunTotals> = {}): RunTotals {
  return {
    startedOn: 1_000_000,
    endedOn: 1_010_000,
    requests: 0,
    files: 0,
    limited: 0,
    isLoaded: true,
    processes: 1,
    listening: 1,
    survivors: 0,
    silent: [],
    samples: { attributed: 0, unattributed: 0, idle: 0 },
    cost: NO_COST,
    clamped: 0,
    drops: { windows: 0, requests: 0, switches: 0, unreadable: 0, unwritten: 0, unlisted: 0 },
    ...known,
  };
}
