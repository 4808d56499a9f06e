/** The profiles that every format must write well, and the one check they all share. */
import assert from "node:assert/strict";
import type { Format } from "../../src/formats/format.ts";
import { UNSAMPLED } from "../../src/profile/frames.ts";
import { checkRequestProfile } from "../../src/profile/check.ts";
import type { Frame, Profile, Unit } from "../../src/profile/model.ts";
import type { RequestInfo, RequestProfile } from "../../src/profile/request.ts";
import { requestProfileOf } from "../support/folded.ts";
import { type Random, testRandomly } from "../support/random.ts";

/** Names and urls that break text formats, terminals and parsers. */
export const hostileNames: readonly string[] = [
  "",
  " ",
  "a;b",
  "a b 12",
  "line\nbreak",
  "carriage\rreturn",
  "tab\there",
  "nul\0end",
  "fn=(1) x",
  "(1)",
  "(1) again",
  "calls=1 2",
  "# comment",
  "10 20 30",
  '"quoted"\\',
  "\u2028\u2029\u0085",
  "\u202egnirts",
  "\ud800 alone",
  "日本 🦕",
  "__proto__",
  "constructor",
  "x".repeat(5000),
];

/** A profile of one sample per frame, each called by the one before. */
export function chain(frames: readonly Frame[], time = 3): Profile {
  const numbers = frames.map((_, i) => i);
  return {
    frames,
    stacks: { parent: numbers.map((i) => i - 1), frame: numbers },
    samples: { stack: numbers, startAt: numbers.map((i) => i * time), time: numbers.map(() => time) },
    startAt: 0,
    endAt: frames.length * time,
  };
}

/** One stack of that depth, sampled at its top and in its middle, so that a depth shows in one sample. */
function deep(depth: number): Profile {
  const frames = Array.from(
    { length: depth },
    (_, i) => ({ name: `f${i}`, url: "deep.js", line: i, column: 0 }),
  );
  const whole = chain(frames);
  return {
    ...whole,
    samples: { stack: [depth - 1, depth >> 1], startAt: [0, 10], time: [10, 20] },
    endAt: 30,
  };
}

const hostileFrames: readonly Frame[] = hostileNames.flatMap((text, i) => [
  { name: text, url: "file:///app.js", line: i, column: i },
  { name: "f", url: text, line: i, column: 2 * i },
]);

const hostileRequest: Partial<RequestInfo> = {
  method: "GET\nfn=x",
  url: '/a;b c?q=\n"1"&\u2028*/',
  host: 'evil\r\nX: "y"',
  status: 0,
  outcome: "aborted",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

export const cases: readonly (readonly [string, RequestProfile])[] = [
  ["no sample", requestProfileOf("- 500", { startAt: 7_000_000, blocked: 200 })],
  ["no time", requestProfileOf("", { startAt: 7_000_000 })],
  ["a sample of no time", requestProfileOf("a 0")],
  ["only what no sample saw", requestProfileOf("(unsampled) 5\n - 5")],
  ["gaps", requestProfileOf("- 5\n a 10\n a 10\n - 7\n a;b 20\n - 9", { startAt: 1e12 })],
  ["no gaps", requestProfileOf("a 10\n b 20")],
  [
    "meta frames",
    requestProfileOf("a 10\n (garbage collector) 20\n a;(profsrv) 3\n (program) 4\n (unsampled) 5"),
  ],
  ["one name in two places", requestProfileOf("a@x.js:1 1\n a@x.js:2 2\n a@y.js:1 4")],
  ["recursion", requestProfileOf("f 1\n f;f 2\n f;f;f 4\n f;f;g 8")],
  ["mutual recursion", requestProfileOf("a;b 1\n a;b;a 2\n a;b;a;b 4\n a;b;a;b;c 8\n b;a 16")],
  ["hostile names", {
    ...requestProfileOf(chain(hostileFrames), hostileRequest),
    route: "/a;b\n:c",
    id: 'i"1',
  }],
  ["a stack of 50,000 frames", requestProfileOf(deep(50_000))],
];

/** The same profile with bytes in place of microseconds: without gaps, from 0 on. */
export function inBytes(subject: RequestProfile): RequestProfile {
  const { samples, ...rest } = subject.profile;
  // There is no such thing among bytes.
  const frames = rest.frames.map((it) => it.name === UNSAMPLED ? { ...it, name: "(other)" } : it);
  let end = 0;
  const startAt = samples.time.map((bytes) => (end += bytes) - bytes);
  const profile: Profile = {
    ...rest,
    frames,
    unit: "bytes",
    samples: { ...samples, startAt },
    startAt: 0,
    endAt: end,
  };
  return { ...subject, profile, sampleCount: samples.stack.length, gc: 0 };
}

/** The cases in each of these units. */
export function casesIn(units: readonly Unit[]): readonly (readonly [string, RequestProfile])[] {
  return units.flatMap((unit) =>
    cases.map(([name, subject]) =>
      unit === "bytes" ? [`${name}, in bytes`, inBytes(subject)] as const : [name, subject] as const
    )
  );
}

/** Some calls of few functions, with recursion, gaps, zero times and frames without a script. */
export function randomSubject(random: Random): RequestProfile {
  const names = ["a", "b", "c", "d@x.js:3", "a@x.js", "(program)", "(unsampled)", "", "(anonymous)"];
  const stack = (): string =>
    Array.from({ length: random.integer(1, 7) }, () => random.pick(names)).join(";");
  const lines = Array.from({ length: random.integer(0, 15) }, () => {
    const time = random.oneIn(5) ? 0 : random.integer(1, 1000);
    return `${random.oneIn(4) ? "-" : stack()} ${time}`;
  });
  return requestProfileOf(lines.join("\n"), { startAt: random.integer(0, 1e12) });
}

/** What a function is called in a file: its name and place, as far as the format keeps them apart. */
export type Label = (frame: Frame) => string;

/** Self time in microseconds by label, or bytes, functions without any left out: what all formats must agree on. */
export function selfTimes({ profile }: RequestProfile, label: Label): Map<string, number> {
  const times = new Map<string, number>();
  for (const [i, stack] of profile.samples.stack.entries()) {
    const key = label(profile.frames[profile.stacks.frame[stack]!]!);
    const time = (times.get(key) ?? 0) + profile.samples.time[i]!;
    if (time > 0) times.set(key, time);
  }
  return times;
}

/** How a format is read back: self times by label, from the bytes it wrote, which it proves to be well-formed. */
export interface Reader {
  readonly label: Label;
  readonly read: (content: string | Uint8Array, subject: RequestProfile) => Map<string, number>;
}

/** The check that all formats pass: every case, and random ones, read back to the same self time per function. */
export function testFormat(format: Format, reader: Reader): void {
  const check = (subject: RequestProfile): void => {
    assert.deepEqual(checkRequestProfile(subject), []);
    const read = [...reader.read(format.write(subject), subject)].filter(([, time]) => time !== 0);
    assert.deepEqual(read.sort(), [...selfTimes(subject, reader.label)].sort());
  };
  for (const [name, subject] of casesIn(format.units)) {
    Deno.test(`${format.id} keeps each function's self time: ${name}`, () => check(subject));
  }
  testRandomly(`${format.id} keeps each function's self time in random profiles`, 200, (random) => {
    const subject = randomSubject(random);
    for (const unit of format.units) check(unit === "bytes" ? inBytes(subject) : subject);
  });
}

/** The label of a format that keeps everything. */
export function fullLabel({ name, url, line, column }: Frame): string {
  return JSON.stringify([name, url, line, column]);
}
