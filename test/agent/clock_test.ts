import assert from "node:assert/strict";
import { ClockOffset } from "../../src/agent/clock.ts";

Deno.test("each bracket narrows the offset down, and it stays within all of them", () => {
  const offset = new ClockOffset();
  const truth = 5_000_000.25;
  const brackets = [[0, 20_000, 9_000], [30_000, 30_200, 30_150], [50_000, 50_100, 50_010], [
    70_000,
    70_040,
    70_020,
  ]] as const;
  let last = Infinity;
  for (const [before, after, readAt] of brackets) {
    offset.learn({ v8At: Math.floor(readAt + truth), before, after });
    assert.ok(Math.abs(offset.value - truth) <= offset.uncertainty + 1e-6);
    assert.ok(offset.uncertainty <= last);
    last = offset.uncertainty;
  }
  assert.ok(last < 30, `still ${last} us wide`);
});

Deno.test("when the clocks have drifted apart the newest bracket counts", () => {
  const offset = new ClockOffset();
  offset.learn({ v8At: 1000, before: 0, after: 10 });
  offset.learn({ v8At: 9_001_000, before: 1000, after: 1010 });
  assert.ok(Math.abs(offset.value - 8_999_995) < 10, String(offset.value));
});
