import assert from "node:assert/strict";
import { checkProfile, checkRequestProfile } from "../../src/profile/check.ts";
import type { Profile } from "../../src/profile/model.ts";
import type { RequestProfile } from "../../src/profile/request.ts";
import { fromFolded, requestProfileOf } from "../support/folded.ts";

const sound = fromFolded("a 10\n a;b 20\n - 5", 100);
const { samples, stacks } = sound;

const brokenProfiles: readonly [string, Partial<Profile>][] = [
  ["frame 0 is at 1.5:0, which is no position", {
    frames: [{ ...sound.frames[0]!, line: 1.5 }, sound.frames[1]!],
  }],
  ["frame 0 is at 0:-2, which is no position", {
    frames: [{ ...sound.frames[0]!, column: -2 }, sound.frames[1]!],
  }],
  ["stack 1 names frame 1, which does not exist", { frames: [sound.frames[0]!] }],
  ["the stack table has 2 parents but 1 frames", { stacks: { ...stacks, frame: [0] } }],
  ["stack 0 has parent 1, which does not come before it", { stacks: { ...stacks, parent: [1, -1] } }],
  ["stack 1 has parent 1, which does not come before it", { stacks: { ...stacks, parent: [-1, 1] } }],
  ["stack 1 has parent -2, which does not come before it", { stacks: { ...stacks, parent: [-1, -2] } }],
  ["sample 1 names stack 2, which does not exist", { samples: { ...samples, stack: [0, 2] } }],
  ["the samples have 2 stacks, 2 starts and 1 times", { samples: { ...samples, time: [10] } }],
  ["sample 1 is not in whole microseconds", { samples: { ...samples, time: [10, 2.5] } }],
  ["sample 1 lasts -1, less than nothing", { samples: { ...samples, time: [10, -1] } }],
  ["sample 1 starts at 110, before the sample before it ends", { samples: { ...samples, time: [11, 1] } }],
  ["sample 0 starts at 100, before the profile", { startAt: 101 }],
  ["the last sample ends at 130, after the profile", { endAt: 129 }],
  ["the span 99.5..135 is not in whole microseconds", { startAt: 99.5 }],
  ["the span ends at 99, before it starts at 100", { endAt: 99 }],
];
for (const [sentence, change] of brokenProfiles) {
  Deno.test(`the check of a profile says: ${sentence}`, () => {
    assert.deepEqual(checkProfile(sound), []);
    assert.ok(
      checkProfile({ ...sound, ...change }).includes(sentence),
      checkProfile({ ...sound, ...change }).join(),
    );
  });
}

const subject = requestProfileOf(sound);
const brokenRequests: readonly [string, Partial<RequestProfile>][] = [
  ["blocked is 0.5, not whole microseconds", { request: { ...subject.request, blocked: 0.5 } }],
  ["blocked is -1, less than nothing", { request: { ...subject.request, blocked: -1 } }],
  ["cpu 30 and blocked 6 are more than the duration 35", { request: { ...subject.request, blocked: 6 } }],
  ["the profile starts at 100, the request at 99", {
    request: { ...subject.request, startAt: 99, duration: 36 },
  }],
  ["the profile ends at 135, the request at 136", { request: { ...subject.request, duration: 36 } }],
  ["the samples' times add up to 30, cpu is 29", { request: { ...subject.request, cpu: 29 } }],
  ["sampleCount is 3, the profile has 2", { sampleCount: 3 }],
  ["gc 31 is no part of cpu 30", { gc: 31 }],
  ["the id is empty", { id: "" }],
  ["stack 1 names frame 1, which does not exist", { profile: { ...sound, frames: [sound.frames[0]!] } }],
];
for (const [sentence, change] of brokenRequests) {
  Deno.test(`the check of a request's profile says: ${sentence}`, () => {
    assert.deepEqual(checkRequestProfile(subject), []);
    assert.deepEqual(checkRequestProfile({ ...subject, ...change }), [sentence]);
  });
}
