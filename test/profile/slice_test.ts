import assert from "node:assert/strict";
import { decodeWindow, type Window } from "../../src/profile/decode_v8.ts";
import { mergeSlices } from "../../src/profile/merge.ts";
import { sliceWindow } from "../../src/profile/slice.ts";
import type { V8Profile } from "../../src/profile/v8.ts";
import { fromFolded, stackText, toFolded, v8FromFolded } from "../support/folded.ts";
import { type Random, testRandomly } from "../support/random.ts";

/** What each request's samples are, as text by its number. */
function sliced(window: Window): Record<string, string> {
  const { slices } = sliceWindow(window);
  return Object.fromEntries([...slices].map(([seq, slice]) => [seq, toFolded(mergeSlices([slice]))]));
}

Deno.test("each request gets its own samples and no others", () => {
  const profile = fromFolded("a 10\n b 20\n a 30\n c 40");
  assert.deepEqual(sliced({ profile, owners: [1, 2, 1, 0] }), { 1: "a 10\n- 20\na 30", 2: "b 20" });
});

Deno.test("what has no owner is idle if V8 says so, else unattributed", () => {
  const profile = fromFolded("(idle) 10\n a 20\n (program) 30\n (garbage collector) 40\n (idle) 5");
  const { idle, unattributed, attributed } = sliceWindow({ profile, owners: [0, 0, 0, 0, 0] });
  assert.deepEqual({ idle, unattributed, attributed }, {
    idle: { samples: 2, time: 15 },
    unattributed: { samples: 3, time: 90 },
    attributed: { samples: 0, time: 0 },
  });
});

Deno.test("an idle sample with an owner is the owner's, as native code", () => {
  const window = { profile: fromFolded("a 10\n (idle) 20\n (idle) 30"), owners: [3, 3, 0] };
  assert.deepEqual(sliced(window), { 3: "a 10\n(program) 20" });
  assert.deepEqual(sliceWindow(window).idle, { samples: 1, time: 30 });
});

Deno.test("a function of the program that is named like V8's idle frame is not idle", () => {
  const profile = fromFolded("a 10");
  const frames = [{ ...profile.frames[0]!, name: "(idle)" }];
  const { idle, unattributed } = sliceWindow({ profile: { ...profile, frames }, owners: [0] });
  assert.deepEqual([idle.samples, unattributed.samples], [0, 1]);
});

Deno.test("neighbouring samples of a request are one range", () => {
  const profile = fromFolded("a 1\n a 1\n a 1\n a 1\n a 1");
  const { slices } = sliceWindow({ profile, owners: [1, 1, 2, 1, 1] });
  assert.deepEqual(slices.get(1)?.ranges, [0, 2, 3, 5]);
  assert.equal(slices.get(1)?.window, profile);
});

Deno.test("the time of a window without samples is unattributed", () => {
  assert.deepEqual(sliceWindow({ profile: fromFolded("- 40"), owners: [] }).unattributed, {
    samples: 0,
    time: 40,
  });
});

/** A small random window: few functions, some of them idle, negative deltas, equal instants, odd ends. */
function randomWindow(random: Random): { v8: V8Profile; owners: number[] } {
  const count = random.integer(0, 25);
  const stacks = ["a", "a;b", "a;b;a", "c", "(idle)", "(program)", "(garbage collector)"];
  const text = Array.from({ length: count }, () => `${random.pick(stacks)} ${random.integer(-3, 20)}`).join(
    "\n",
  );
  const startTime = random.integer(0, 1000);
  const owners: number[] = [];
  for (let left = count; left > 0;) {
    const run = random.integer(1, left);
    owners.push(run, random.integer(0, 3));
    left -= run;
  }
  return { v8: v8FromFolded(text, startTime, startTime + random.integer(0, 250)), owners };
}

/**
 * The slow and obvious way: microsecond by microsecond, look for the nearest sample and give it to that one's owner.
 * Of samples equally near the later wins; of samples of one instant the one on this side.
 */
function oracle(v8: V8Profile, owners: readonly number[]): Map<string, number> {
  const times = new Map<string, number>();
  const whose: number[] = [];
  for (let i = 0; i < owners.length; i += 2) whose.push(...Array<number>(owners[i]!).fill(owners[i + 1]!));
  const names = new Map(v8.nodes.map((node) => [node.id, node.callFrame.functionName]));
  const parents = new Map(
    v8.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
  );
  const nameOf = (id: number): string => {
    const parent = parents.get(id);
    return parent === undefined || parent === 1 ? names.get(id)! : `${nameOf(parent)};${names.get(id)}`;
  };
  let clock = v8.startTime;
  const taken = v8.samples!.map((id, i) => {
    clock += v8.timeDeltas![i]!;
    return { at: Math.min(Math.max(clock, v8.startTime), v8.endTime), stack: nameOf(id), owner: whose[i]! };
  });
  for (let us = v8.startTime; us < v8.endTime; us++) {
    let nearest: typeof taken[number] | undefined;
    for (const sample of taken) {
      const distance = Math.abs(sample.at - (us + 0.5));
      const best = nearest === undefined ? Infinity : Math.abs(nearest.at - (us + 0.5));
      const isLater = nearest !== undefined && sample.at > us && nearest.at > us && nearest.at === sample.at;
      if (distance < best) nearest = sample;
      else if (distance === best && !isLater) nearest = sample.at < nearest!.at ? nearest : sample;
    }
    const stack = nearest?.stack ?? "";
    const owner = nearest?.owner ?? 0;
    const key = owner !== 0
      ? `${owner} ${stack === "(idle)" ? "(program)" : stack}`
      : stack === "(idle)"
      ? "idle"
      : "unattributed";
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return times;
}

testRandomly(
  "the slicer agrees with the slow oracle, and nothing is lost or counted twice",
  400,
  (random) => {
    const { v8, owners } = randomWindow(random);
    const window = decodeWindow(v8, owners);
    const { slices, attributed, unattributed, idle } = sliceWindow(window);
    const times = new Map<string, number>();
    const add = (key: string, time: number): void => {
      if (time > 0) times.set(key, (times.get(key) ?? 0) + time);
    };
    let own = { samples: 0, time: 0 };
    for (const [seq, slice] of slices) {
      const merged = mergeSlices([slice]);
      for (const [i, stack] of merged.samples.stack.entries()) {
        const time = merged.samples.time[i]!;
        add(`${seq} ${stackText(merged, stack)}`, time);
        own = { samples: own.samples + 1, time: own.time + time };
      }
    }
    add("unattributed", unattributed.time);
    add("idle", idle.time);
    const sorted = (map: Map<string, number>): [string, number][] => [...map].sort();
    assert.deepEqual(sorted(times), sorted(oracle(v8, owners)));
    assert.deepEqual(attributed, own);
    assert.equal(own.time + unattributed.time + idle.time, v8.endTime - v8.startTime);
    assert.equal(own.samples + unattributed.samples + idle.samples, v8.samples!.length);
  },
);
