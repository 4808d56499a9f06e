/** Entries of an index with all that a line can have, usual and odd. */
import type { IndexEntry } from "../../src/store/entry.ts";
import type { Random } from "../support/random.ts";

const TEXTS = [
  "",
  "/",
  "/users/42?x=1",
  'a"b',
  "a\\b",
  "\n\t\u0000\u001f",
  "ä€🐌",
  "\ud800x",
  "\u2028",
  "x".repeat(600),
];
export const TIMES = [
  0,
  -0,
  0.001,
  0.1,
  0.3,
  1.005,
  12.345,
  999.999,
  1e6 + 0.123,
  123456789.001,
  1e12,
  1e12 + 0.5,
  2 ** 60,
  1e21,
];
export const ODD = [NaN, Infinity, -1, -0.5, 0.0001, 1 / 3, 1e-7, 5e-324];

export function randomEntry({ pick, oneIn, integer }: Random): IndexEntry {
  const time = () => oneIn(20) ? pick(ODD) : oneIn(2) ? pick(TIMES) : integer(0, 10_000_000) / 1000;
  const often = (usual: string) => oneIn(4) ? pick(TEXTS) : usual;
  return {
    v: 1,
    ...(oneIn(5) ? {} : { run: often("r1") }),
    id: often("3ad6cc28-1"),
    pid: integer(1, 2),
    tid: integer(0, 1),
    runtime: "node 24.1.0",
    method: often("GET"),
    url: pick(TEXTS),
    path: often("/users/42"),
    route: often("/users/:id"),
    pattern: oneIn(3) ? true : undefined,
    http: pick(["1.1", "2"]),
    status: pick([200, 404]),
    bytes: pick([0, 512, 2 ** 41 + 1, 1.5]),
    start: "2026-01-02T03:04:05.678Z",
    duration: time(),
    ...(oneIn(5) ? {} : { queued: time() }),
    queuedBy: oneIn(3) ? often("3ad6cc28-9") : undefined,
    cpu: time(),
    blocked: time(),
    wait: time(),
    gc: oneIn(2) ? 0 : time(),
    samples: integer(0, 1),
    outcome: oneIn(3) ? "aborted" : "finished",
    beside: oneIn(3) ? true : undefined,
    ...(oneIn(5)
      ? {}
      : { hot: oneIn(2) ? null : { function: pick(TEXTS), file: "/a.ts", line: 3, self: time() } }),
    ...(oneIn(5) ? {} : { blockers: oneIn(2) ? [] : [{ id: pick(TEXTS), ms: time() }] }),
    calls: oneIn(2)
      ? undefined
      : oneIn(2)
      ? []
      : [{ function: pick(TEXTS), file: "/a.ts", line: 3, count: 7 }],
    ...(oneIn(5) ? {} : { trace: oneIn(2) ? null : pick(TEXTS) }),
    files: oneIn(2) ? [] : [pick(TEXTS), "b.cpuprofile"],
  };
}
