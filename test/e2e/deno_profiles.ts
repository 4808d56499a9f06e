/** What the profiles of `/slow/…` and `/fast/…` have to show. */
import assert from "node:assert/strict";
import { type CpuProfile, samplesUnder } from "../support/laws.ts";
import { contentOf, type Run } from "../support/profiled.ts";

/** The profile of a run's request. */
export function profileOf(run: Run, path: string): CpuProfile {
  const entry = run.index.find((it) => it.path === path);
  assert.ok(entry !== undefined, `no request for ${path}: ${run.stderr}`);
  assert.equal(entry.files.length, 1);
  return JSON.parse(contentOf(run, entry.files[0]!)) as CpuProfile;
}

/** Each request shows its own work, and, beyond what the clocks tell apart, none of the others'. */
export function assertOwnWork(run: Run, paths: readonly string[]): void {
  let right = 0;
  let wrong = 0;
  let unseen = 0;
  for (const path of paths) {
    const profile = profileOf(run, path);
    const isSlow = path.startsWith("/slow");
    const own = samplesUnder(profile, isSlow ? "slowWork" : "fastWork");
    if (isSlow && own === 0) unseen++;
    right += own;
    wrong += samplesUnder(profile, isSlow ? "fastWork" : "slowWork");
  }
  // A busy machine may not let V8's sampler run for the 30 ms that one takes.
  assert.ok(unseen <= 2, `${unseen} profiles do not show the work of their request`);
  assert.ok(right > 100, `${right} samples`);
  // One may be taken just when the event loop turns from one request to another.
  assert.ok(
    wrong <= Math.max(1, 0.002 * (right + wrong)),
    `${wrong} samples in a wrong request, ${right} right`,
  );
}
