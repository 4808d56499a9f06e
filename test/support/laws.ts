/** What must hold for every run: the laws of the contract, checked on what a run left behind. */
import assert from "node:assert/strict";
import type { IndexEntry } from "../../src/store/entry.ts";
import { decodeV8 } from "../../src/profile/decode_v8.ts";
import { isGap } from "../../src/profile/frames.ts";
import { checkProfile } from "../../src/profile/check.ts";
import type { V8Profile } from "../../src/profile/v8.ts";
import { contentOf, type Run } from "./profiled.ts";

/** A `.cpuprofile` as it is on disk. */
export interface CpuProfile extends V8Profile {
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  readonly profsrv: Record<string, unknown>;
}

/** Checks both laws, the index and every `.cpuprofile` of a run. */
export function checkLaws(run: Run): void {
  const there = new Set(run.files);
  const ids = new Set(run.index.map(({ id }) => id));
  assert.equal(ids.size, run.index.length, "ids are unique");
  for (const entry of run.index) {
    checkTime(entry);
    for (const file of entry.files) {
      if (!there.has(file) || !isCpuProfile(file)) continue;
      checkCpuProfile(entry, JSON.parse(contentOf(run, file)) as CpuProfile);
    }
  }
  const named = run.index.flatMap(({ files }) => files).sort();
  // Those of faster requests made room for those of slower ones.
  const kept = run.record.totals.limited > 0 ? named.filter((it) => there.has(it)) : named;
  assert.deepEqual(run.files, kept, "the files are those that the index names");
  for (const file of run.outside.filter(isCpuProfile)) {
    assert.deepEqual(checkProfile(decodeV8(JSON.parse(contentOf(run, file)))), []);
  }
  assert.equal(run.record.totals.requests, run.index.length);
  assert.equal(run.record.totals.files, kept.length);
  assert.equal(run.record.clamped, 0, "the measured times did not contradict each other");
  const samples = run.index.reduce((sum, entry) => sum + entry.samples, 0);
  assert.ok(
    samples <= run.record.attribution.attributed,
    `${samples} samples in requests, of ${run.record.attribution.attributed}`,
  );
}

function isCpuProfile(file: string): boolean {
  return file.endsWith(".cpuprofile");
}

function checkTime(entry: IndexEntry): void {
  const { duration, cpu, blocked, wait, gc } = entry;
  const about = JSON.stringify(entry);
  assert.ok(Math.abs(duration - (cpu + blocked + wait)) <= 0.01, `duration = cpu + blocked + wait: ${about}`);
  for (const time of [duration, cpu, blocked, wait, gc]) assert.ok(time >= 0, about);
  const held = entry.blockers!.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(held <= blocked + 0.001, about);
  assert.ok(gc <= cpu, about);
  assert.match(entry.start, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
}

/** Checks a profile against its line in the index: every reference and sum. */
export function checkCpuProfile(entry: IndexEntry, profile: CpuProfile): void {
  const faults = checkProfile(decodeV8(profile));
  assert.deepEqual(faults, []);
  assert.equal(profile.samples.length, profile.timeDeltas.length);
  assert.equal(Math.round(profile.endTime - profile.startTime), Math.round(entry.duration * 1000), "span");
  const times = selfTimes(profile);
  let [idle, running] = [0, 0];
  for (const [name, time] of times) {
    if (isGap({ name, url: "", line: -1, column: -1 })) idle += time;
    else running += time;
  }
  assert.equal(running, Math.round(entry.cpu * 1000), "the total is the request's cpu");
  assert.equal(running + idle, profile.endTime - profile.startTime, "the rest is idle");
  assert.equal(profile.profsrv["id"], entry.id);
}

/** Self time by function name in microseconds: a sample lasts until the next one. */
export function selfTimes(profile: CpuProfile): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const times = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const time = profile.timeDeltas[i + 1] ?? 0;
    const name = names.get(id)!;
    times.set(name, (times.get(name) ?? 0) + time);
  });
  return times;
}

/** The names of all functions in a profile. */
export function functionsOf(profile: CpuProfile): Set<string> {
  return new Set(profile.nodes.map(({ callFrame }) => callFrame.functionName));
}

/** How many samples were taken with a function of this name on the stack. */
export function samplesUnder(profile: CpuProfile, name: string): number {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const within = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === name).map(({ id }) => id),
  );
  // A set also goes over what is added to it meanwhile.
  for (const id of within) for (const child of nodes.get(id)!.children ?? []) within.add(child);
  return profile.samples.filter((id) => within.has(id)).length;
}

/** So often a run is made until its profiles show what it did. */
const ATTEMPTS = 4;

/**
 * A run in whose profiles `wanted` is to be seen. Where others keep the cores, V8's sampler may not run for the few milliseconds that a
 * request computes: then the run is made again, which is printed. The laws hold for each of them. The last one is given, seen or not.
 */
export async function seenRun(
  make: () => Promise<Run>,
  wanted: string,
  isSeen: (run: Run) => boolean,
): Promise<Run> {
  for (let attempt = 1;; attempt++) {
    const run = await make();
    checkLaws(run);
    if (attempt === ATTEMPTS || isSeen(run)) return run;
    const samples = run.index.map(({ url, samples, cpu }) => `${url}: ${samples} in ${cpu} ms of CPU`);
    console.error(
      `attempt ${attempt} of ${ATTEMPTS} did not show ${wanted}. Samples of ${samples.join("; ")}`,
    );
  }
}
