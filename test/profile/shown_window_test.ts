import assert from "node:assert/strict";
import { AGENT_SCRIPT } from "../../src/profile/frames.ts";
import { hideProfiler } from "../../src/profile/hide_profiler.ts";
import { hottest } from "../../src/profile/hot.ts";
import type { Profile, SampledStacks } from "../../src/profile/model.ts";
import { originalPositions } from "../../src/profile/original_positions.ts";
import { type RequestParts, requestProfile } from "../../src/profile/request_profile.ts";
import { apart, ShownWindow } from "../../src/profile/shown_window.ts";
import { RouteSums } from "../../src/store/route_sums.ts";
import { fromFolded, requestInfo, stackText } from "../support/folded.ts";
import { type Random, testRandomly } from "../support/random.ts";

const AGENT = `agent@${AGENT_SCRIPT}`;
const FRAMES = [
  "a",
  "b",
  "c:1",
  "lib@file:///app/node_modules/lib/x.js",
  "read@node:fs",
  AGENT,
  `begin@${AGENT_SCRIPT}:7`,
];
const LEAVES = ["(garbage collector)", "(program)", "(idle)"];

/** The steps of a collector: what the agent did is hidden, and some functions were written elsewhere, two of them in one place. */
const steps = [
  hideProfiler("/cache/agent.cjs"),
  originalPositions((frame) =>
    ["b", "c:1"].includes(frame.name) ? { ...frame, name: "origin", line: 9 } : frame
  ),
];

function windowOf({ integer, pick, oneIn }: Random): Profile {
  const lines = Array.from({ length: integer(1, 30) }, () => {
    if (oneIn(5)) return `- ${integer(1, 900)}`;
    const path = Array.from({ length: integer(1, 5) }, () => pick(FRAMES));
    if (oneIn(4)) path.push(pick(LEAVES));
    return `${path.join(";")} ${integer(0, 2000)}`;
  });
  return fromFolded(lines.join("\n"), integer(0, 5000));
}

/** A request that has some of the samples, and whose times fit them or not. */
function partsOf(window: Profile, { integer, oneIn }: Random): RequestParts {
  const count = window.samples.stack.length;
  const ranges: number[] = [];
  for (let from = integer(0, 2); from < count; from += integer(1, 5)) {
    const to = Math.min(count, from + integer(1, 3));
    ranges.push(from, to);
    from = to;
  }
  const startAt = window.startAt + (oneIn(3) ? integer(-3000, 3000) : -integer(0, 50)) + (oneIn(9) ? 0.4 : 0);
  const duration = oneIn(3) ? integer(0, 4000) : window.endAt - startAt + integer(0, 500);
  const [cpu, blocked] = [integer(0, 8000), integer(0, 500)];
  return {
    id: "p1-1",
    route: "/",
    process: { pid: 1, tid: 0, runtime: "node 24.1.0" },
    request: requestInfo({ startAt, duration, cpu, blocked, status: oneIn(5) ? 404 : 200 }),
    slices: [{ window, ranges }],
    holds: oneIn(2) ? [] : [{ id: "p1-2", name: "GET /x", startAt, time: 300 }],
    queuedBy: oneIn(2) ? undefined : "p1-3",
  };
}

function stacksOf(sampled: SampledStacks): string[] {
  const whole = { ...sampled, startAt: 0, endAt: 0 };
  const { stack, startAt, time } = sampled.samples;
  return stack.map((it, i) => `${stackText(whole, it)} ${startAt[i]}+${time[i]}`);
}

testRandomly(
  "what is said of a request in its window's tables is what its own profile says",
  500,
  (random) => {
    const window = windowOf(random);
    const shown = new ShownWindow(window, steps);
    const sums = { own: new RouteSums(), shared: new RouteSums() };
    for (let i = 0; i < 4; i++) {
      const parts = partsOf(window, random);
      if (parts.slices[0]!.ranges.length === 0) continue;
      const own = requestProfile(parts, steps);
      const request = shown.requestProfile(parts)!;
      const { profile, ...said } = own;
      const { shared, ...alone } = { ...request, shared: request.shared! };
      assert.deepEqual(alone, said);
      assert.deepEqual(stacksOf(shared), stacksOf(profile));
      assert.deepEqual(hottest(shared), hottest(profile));
      assert.deepEqual(request.profile, profile);
      assert.deepEqual(apart(request), own);
      const entry = { method: "GET", route: "/", status: 200, cpu: own.request.cpu / 1000 };
      sums.own.add(entry, own);
      sums.shared.add(entry, request);
    }
    assert.deepEqual(sums.shared.profiles("r"), sums.own.profiles("r"));
  },
);

testRandomly("a request of another window, of several or of none is left to others", 20, (random) => {
  const [window, other] = [windowOf(random), windowOf(random)];
  const shown = new ShownWindow(window, steps);
  const parts = partsOf(window, random);
  const slice = { window: other, ranges: [0, 1] };
  for (const slices of [[], [slice], [slice, ...parts.slices]]) {
    assert.equal(shown.requestProfile({ ...parts, slices }), undefined);
  }
});
