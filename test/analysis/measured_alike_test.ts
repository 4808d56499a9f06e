import assert from "node:assert/strict";
import { measuredUnlike, whyNoFunctions } from "../../src/analysis/measured_alike.ts";

const cpu = { profiler: "cpu", serial: false };
const older = {};
const serial = { profiler: "cpu", serial: true };
const heap = { profiler: "heap", serial: true };
const calls = { profiler: "cpu", serial: true, calls: "slowed" };

Deno.test("runs that were measured alike are compared without a word, but those whose calls were counted", () => {
  for (const [before, after] of [[cpu, cpu], [older, cpu], [serial, serial], [heap, heap]] as const) {
    assert.deepEqual(measuredUnlike(before, after), []);
  }
  assert.deepEqual(measuredUnlike(calls, calls), [
    "Calls were counted in both runs (--calls): their times are longer than without.",
  ]);
});

Deno.test("what was measured in another way is said before any change of times", () => {
  assert.deepEqual(measuredUnlike(serial, calls), [
    "The runs were not measured alike: --serial before, --calls after.",
    "Counting calls slows the server: that alone changes times.",
  ]);
  assert.match(
    measuredUnlike(cpu, heap).join(" "),
    /--profiler cpu before, --profiler heap after.*Sampling the heap.*changes blocked/,
  );
  assert.match(
    measuredUnlike(serial, older).join(" "),
    /--serial before, --profiler cpu after.*changes blocked/,
  );
  assert.match(measuredUnlike(calls, cpu).join(" "), /--calls before.*Counting.*changes blocked/);
});

Deno.test("bytes of one run are the reason why no functions are compared, not those of both", () => {
  assert.equal(whyNoFunctions(cpu, calls), undefined);
  assert.equal(whyNoFunctions(heap, heap), undefined);
  for (const [before, after] of [[heap, cpu], [cpu, heap]] as const) {
    assert.match(whyNoFunctions(before!, after!)!, /the other \(--profiler heap\) their bytes\.$/);
  }
});
