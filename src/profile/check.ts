/** Walks every reference and invariant that the models state; for tests, and at run time when asked for. */
import { isMeta, UNSAMPLED } from "./frames.ts";
import type { Profile } from "./model.ts";
import type { RequestProfile } from "./request.ts";

/** What is wrong with a profile, one sentence each; empty if nothing is. */
export function checkProfile(profile: Profile): string[] {
  return [...checkFrames(profile), ...checkStacks(profile), ...checkSamples(profile)];
}

/** What is wrong with a request's profile, one sentence each; empty if nothing is. */
export function checkRequestProfile(subject: RequestProfile): string[] {
  const { profile, request, sampleCount, gc } = subject;
  const problems = checkProfile(profile);
  const say = (isWrong: boolean, sentence: string): void => void (isWrong && problems.push(sentence));
  for (const name of ["startAt", "duration", "cpu", "blocked"] as const) {
    say(!Number.isInteger(request[name]), `${name} is ${request[name]}, not whole microseconds`);
    say(name !== "startAt" && request[name] < 0, `${name} is ${request[name]}, less than nothing`);
  }
  const { startAt, duration, cpu, blocked } = request;
  say(cpu + blocked > duration, `cpu ${cpu} and blocked ${blocked} are more than the duration ${duration}`);
  if (profile.unit === "bytes") return [...problems, ...checkBytes(subject)];
  say(profile.startAt !== startAt, `the profile starts at ${profile.startAt}, the request at ${startAt}`);
  say(
    profile.endAt !== startAt + duration,
    `the profile ends at ${profile.endAt}, the request at ${startAt + duration}`,
  );
  const settled = profile.samples.time.reduce((sum, time) => sum + time, 0);
  say(settled !== cpu, `the samples' times add up to ${settled}, cpu is ${cpu}`);
  const { frames, stacks, samples } = profile;
  // A file from elsewhere may have that frame twice.
  const isUnsampled = frames.map((frame) => isMeta(frame, UNSAMPLED));
  const real = samples.stack.filter((stack) => !isUnsampled[stacks.frame[stack]!]).length;
  say(sampleCount !== real, `sampleCount is ${sampleCount}, the profile has ${real}`);
  say(!(Number.isInteger(gc) && gc >= 0 && gc <= cpu), `gc ${gc} is no part of cpu ${cpu}`);
  say(subject.id === "", "the id is empty");
  return problems;
}

/** A profile in bytes is of all that was allocated, without gaps. */
function checkBytes({ profile, sampleCount }: RequestProfile): string[] {
  const { startAt, endAt, samples } = profile;
  const sum = samples.time.reduce((sum, bytes) => sum + bytes, 0);
  return [
    startAt !== 0 || endAt !== sum ? `it goes from ${startAt} to ${endAt}, its samples add up to ${sum}` : "",
    sampleCount !== samples.stack.length
      ? `sampleCount is ${sampleCount}, the profile has ${samples.stack.length}`
      : "",
  ].filter((it) => it !== "");
}

function checkFrames({ frames }: Profile): string[] {
  return frames.flatMap((frame, i) => {
    const isPosition = Number.isInteger(frame.line) && Number.isInteger(frame.column);
    const isInRange = frame.line >= -1 && frame.column >= -1;
    return isPosition && isInRange
      ? []
      : [`frame ${i} is at ${frame.line}:${frame.column}, which is no position`];
  });
}

function checkStacks({ frames, stacks }: Profile): string[] {
  const problems: string[] = [];
  if (stacks.parent.length !== stacks.frame.length) {
    problems.push(`the stack table has ${stacks.parent.length} parents but ${stacks.frame.length} frames`);
  }
  for (const [i, parent] of stacks.parent.entries()) {
    if (!(Number.isInteger(parent) && parent >= -1 && parent < i)) {
      problems.push(`stack ${i} has parent ${parent}, which does not come before it`);
    }
  }
  for (const [i, frame] of stacks.frame.entries()) {
    if (frames[frame] === undefined) problems.push(`stack ${i} names frame ${frame}, which does not exist`);
  }
  return problems;
}

function checkSamples({ stacks, samples, startAt, endAt }: Profile): string[] {
  const problems: string[] = [];
  const say = (isWrong: boolean, sentence: string): void => void (isWrong && problems.push(sentence));
  say(
    !Number.isInteger(startAt) || !Number.isInteger(endAt),
    `the span ${startAt}..${endAt} is not in whole microseconds`,
  );
  say(endAt < startAt, `the span ends at ${endAt}, before it starts at ${startAt}`);
  const count = samples.stack.length;
  if (samples.startAt.length !== count || samples.time.length !== count) {
    say(
      true,
      `the samples have ${count} stacks, ${samples.startAt.length} starts and ${samples.time.length} times`,
    );
    return problems;
  }
  let end = startAt;
  for (const [i, stack] of samples.stack.entries()) {
    const start = samples.startAt[i]!;
    const time = samples.time[i]!;
    say(stacks.parent[stack] === undefined, `sample ${i} names stack ${stack}, which does not exist`);
    say(!Number.isInteger(start) || !Number.isInteger(time), `sample ${i} is not in whole microseconds`);
    say(time < 0, `sample ${i} lasts ${time}, less than nothing`);
    say(
      start < end,
      `sample ${i} starts at ${start}, before ${i === 0 ? "the profile" : "the sample before it ends"}`,
    );
    end = Math.max(end, start + time);
  }
  say(end > endAt, `the last sample ends at ${end}, after the profile`);
  return problems;
}
