import assert from "node:assert/strict";
import { Session } from "node:inspector/promises";
import { callGraph } from "../../src/profile/call_graph.ts";
import { checkProfile } from "../../src/profile/check.ts";
import { decodeV8 } from "../../src/profile/decode_v8.ts";
import type { V8Profile } from "../../src/profile/v8.ts";

function burn(): number {
  const until = performance.now() + 60;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum;
}

/** The profile of a piece of work, taken by the runtime that runs this test. */
async function profileOf(work: () => void): Promise<V8Profile> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    work();
    return (await session.post("Profiler.stop")).profile as V8Profile;
  } finally {
    session.disconnect();
  }
}

Deno.test("a profile that V8 really took is decoded, with nearly all time in the function that burnt it", async () => {
  const profile = decodeV8(await profileOf(burn));
  assert.deepEqual(checkProfile(profile), []);
  const burnt = callGraph(profile).calls.filter(({ callee }) => profile.frames[callee]?.name === "burn");
  const time = burnt.reduce((sum, call) => sum + call.time, 0);
  assert.ok(time > 30_000 && time <= profile.endAt - profile.startAt, `${time} us in burn`);
  const times = profile.samples.time.reduce((sum, own) => sum + own, 0);
  assert.equal(times, profile.endAt - profile.startAt);
});
