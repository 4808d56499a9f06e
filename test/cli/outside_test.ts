import assert from "node:assert/strict";
import { outsideText } from "../../src/cli/outside.ts";

const functions = [
  { function: "burnLater", file: "/app/server.mjs", line: 2, self: 600.2 },
  { function: "", file: "C:\\app\\jobs.js", line: 9, self: 11 },
  { function: "load", file: "/app/x.js", line: 1, self: 9.9 },
];
const outside = { time: 612.4, functions, files: ["(unattributed).000612ms.1.cpuprofile"], after: {} };

Deno.test("work outside of requests is named by its functions and its profile", () => {
  assert.deepEqual(outsideText(outside), [
    "Outside requests: 612 ms, burnLater (server.mjs:2), (anonymous) (jobs.js:9) 11 ms: (unattributed).000612ms.1.cpuprofile",
  ]);
});

Deno.test("where profsrv was killed it is said that earlier work is lost", () => {
  assert.match(
    outsideText({ ...outside, isPartial: true })[0]!,
    /^Outside requests \(only what profsrv had not read when it was killed\): 612 ms, burnLater/,
  );
});

Deno.test("where nothing took long, or an older run does not tell, nothing is said", () => {
  assert.deepEqual([outsideText(undefined), outsideText({ ...outside, functions: functions.slice(2) })], [
    [],
    [],
  ]);
});
