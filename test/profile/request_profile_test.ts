import assert from "node:assert/strict";
import { checkRequestProfile } from "../../src/profile/check.ts";
import type { RequestInfo } from "../../src/profile/request.ts";
import { type RequestParts, requestProfile } from "../../src/profile/request_profile.ts";
import type { Transform } from "../../src/profile/transforms.ts";
import { fromFolded, requestInfo, toFolded } from "../support/folded.ts";

function parts(text: string, request: Partial<RequestInfo>): RequestParts {
  const window = fromFolded(text);
  return {
    id: "p1-1",
    route: "/",
    process: { pid: 1, tid: 0, runtime: "node 24.1.0" },
    request: requestInfo(request),
    slices: text === "" ? [] : [{ window, ranges: [0, window.samples.stack.length] }],
  };
}

Deno.test("a request's profile spans the request and holds what it measured", () => {
  const subject = requestProfile(
    parts("a 10\n (garbage collector) 20\n b 10", { startAt: 5, duration: 60, cpu: 50 }),
  );
  assert.deepEqual(checkRequestProfile(subject), []);
  assert.equal(toFolded(subject.profile), "a 5\n(garbage collector) 20\nb 10\n(unsampled) 15\n- 10");
  assert.deepEqual([subject.sampleCount, subject.gc], [3, 20]);
});

Deno.test("garbage collection counts with its settled time", () => {
  const subject = requestProfile(parts("a 10\n (garbage collector) 30", { duration: 40, cpu: 20 }));
  assert.equal(subject.gc, 15);
});

Deno.test("the steps run after merging and before settling", () => {
  const halve: Transform = (profile) => ({
    ...profile,
    samples: { ...profile.samples, time: profile.samples.time.map((time) => time / 2) },
  });
  const subject = requestProfile(parts("a 20", { duration: 20, cpu: 20 }), [halve, halve]);
  assert.equal(toFolded(subject.profile), "a 5\n(unsampled) 15");
});

Deno.test("a request without samples or without any time is sound", () => {
  for (
    const request of [{ duration: 30, cpu: 10 }, { duration: 0, cpu: 0 }, { duration: 5, cpu: 0, blocked: 5 }]
  ) {
    const subject = requestProfile(parts("", request));
    assert.deepEqual(checkRequestProfile(subject), []);
    assert.equal(subject.sampleCount, 0);
  }
});

Deno.test("a clock that broke the law of time is held to it", () => {
  const subject = requestProfile(parts("a 10", { duration: 10.4, cpu: 12, blocked: -3 }));
  assert.deepEqual(checkRequestProfile(subject), []);
  const { duration, cpu, blocked } = subject.request;
  assert.deepEqual([duration, cpu, blocked], [10, 10, 0]);
  assert.equal(subject.request.isClamped, true);
});

/** Times of a request, and whether it took more than rounding to make them lawful. */
const clamps: [about: string, times: Partial<RequestInfo>, isClamped: boolean][] = [
  ["lawful times", { duration: 10, cpu: 6, blocked: 4 }, false],
  ["times that are rounded", { duration: 10.4, cpu: 6.2, blocked: 4.2 }, false],
  ["more cpu than time", { duration: 10, cpu: 12 }, true],
  ["more cpu and blocked than time", { duration: 10, cpu: 6, blocked: 6 }, true],
  ["less than no time blocked", { duration: 10, cpu: 6, blocked: -2 }, true],
  ["a sample long before it", { startAt: 10_000, duration: 10, cpu: 6 }, true],
];

for (const [about, times, isClamped] of clamps) {
  Deno.test(`${about}: ${isClamped ? "" : "not "}clamped`, () => {
    const subject = requestProfile(parts("a 10", times));
    assert.deepEqual(checkRequestProfile(subject), []);
    assert.equal(subject.request.isClamped ?? false, isClamped);
  });
}
