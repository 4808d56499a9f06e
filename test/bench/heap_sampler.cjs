/**
 * What V8's sampling heap profiler costs by itself, in ms of CPU, with 100,000 objects alive: to start and stop it, and a loop that does
 * nothing but allocate without it and with a sample every 32 and 128 KiB. Medians of 40 rounds.
 *
 *     node test/bench/heap_sampler.cjs
 */
"use strict";
const inspector = require("node:inspector");
const process = require("node:process");
const v8 = require("node:v8");

const COLLECTED = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
const ROUNDS = 40;
const alive = Array.from({ length: 50_000 }, (_, i) => ({ i, own: [i] }));

function profiler() {
  if (v8.startHeapProfile !== undefined) {
    let handle;
    return {
      start: (interval) =>
        void (handle = v8.startHeapProfile({ sampleInterval: interval, stackDepth: 128, ...COLLECTED })),
      stop: () => JSON.parse(handle.stop()),
    };
  }
  const session = new inspector.Session();
  session.connect();
  session.post("HeapProfiler.enable");
  return {
    start: (interval) =>
      session.post("HeapProfiler.startSampling", { samplingInterval: interval, ...COLLECTED }),
    stop: () => session.post("HeapProfiler.stopSampling", () => {}),
  };
}

function allocate() {
  let last;
  for (let i = 0; i < 200_000; i++) last = { i, own: [i] };
  return last;
}

function cpuOf(act) {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const { start, stop } = profiler();
const times = { "start and stop": [], "without": [], "32 KiB": [], "128 KiB": [] };
for (let round = -ROUNDS; round < ROUNDS; round++) {
  const found = { "without": cpuOf(allocate) };
  found["start and stop"] = cpuOf(() => (start(32 * 1024), stop()));
  for (const kib of [32, 128]) {
    start(kib * 1024);
    found[`${kib} KiB`] = cpuOf(allocate);
    stop();
  }
  // What comes first is compiled.
  if (round >= 0) { for (const [what, time] of Object.entries(found)) times[what].push(time); }
}
const medians = Object.entries(times).map(([what, all]) =>
  `${what} ${all.sort((a, b) => a - b)[all.length >> 1].toFixed(2)}`
);
console.log(`${process.version}, ${2 * alive.length} objects alive, ms: ${medians.join(", ")}`);
