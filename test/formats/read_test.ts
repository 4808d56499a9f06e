import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { FormatError, formatOf, formatOfFile, formats, readable } from "../../src/formats/mod.ts";
import { checkRequestProfile } from "../../src/profile/check.ts";
import type { RequestProfile } from "../../src/profile/request.ts";
import { requestProfileOf, toFolded, v8FromFolded } from "../support/folded.ts";
import { testRandomly } from "../support/random.ts";
import { casesIn, inBytes, randomSubject } from "./cases.ts";
import { readers } from "./readers/mod.ts";

const timeFormats = formats.filter(({ units }) => units.includes("microseconds"));

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function read(id: string, content: string | Uint8Array, name = "x"): RequestProfile {
  const subject = formatOf(id)!.read!(bytesOf(content), name);
  assert.deepEqual(checkRequestProfile(subject), []);
  return subject;
}

/** Self times by label, as a file of that format has them. */
function times(
  id: string,
  subject: RequestProfile,
  content = formatOf(id)!.write(subject),
): [string, number][] {
  const { request, sampleCount } = subject;
  const measured = subject.profile.unit === "bytes" ? subject.profile.endAt : request.cpu;
  assert.equal(measured, subject.profile.samples.time.reduce((sum, time) => sum + time, 0));
  const found = readers[id]!.read(content, { ...subject, sampleCount });
  return [...found].filter(([, time]) => time !== 0).sort();
}

/** What is read is what was written, and so is what is known of the request. */
function checkRoundTrip(id: string, subject: RequestProfile): void {
  const { write } = formatOf(id)!;
  const content = write(subject);
  const again = read(id, content);
  assert.deepEqual(times(id, again, write(again)), times(id, subject, content));
  // Folded text holds nothing else.
  if (id !== "folded") checkDetails(again, subject);
}

/** What is known of a request survives, but for what no file holds. */
function checkDetails(again: RequestProfile, subject: RequestProfile): void {
  const { startAt: _, ...told } = again.request;
  const { startAt: __, ...expected } = subject.request;
  assert.deepEqual({ ...told, seq: expected.seq }, expected);
  assert.deepEqual([again.id, again.route, again.process, again.gc], [
    subject.id,
    subject.route,
    subject.process,
    subject.gc,
  ]);
}

Deno.test("all formats but callgrind can be read, the one that holds most first", () => {
  assert.deepEqual(readable.map(({ id }) => id), [
    "cpuprofile",
    "heapprofile",
    "speedscope",
    "pprof",
    "folded",
  ]);
  assert.deepEqual(formats.filter((it) => it.read !== undefined && !readable.includes(it)), []);
  assert.equal(formatOfFile("a.b.pb.gz")?.id, "pprof");
  assert.equal(formatOfFile(".folded"), undefined);
  assert.equal(formatOfFile("run.json"), undefined);
});

for (const { id, units: all } of readable) {
  // Folded text does not tell its unit.
  const units = id === "folded" ? ["microseconds"] as const : all;
  for (const [name, subject] of casesIn(units)) {
    Deno.test(`what is read from ${id} is what was written: ${name}`, () => checkRoundTrip(id, subject));
  }
  testRandomly(`what is read from ${id} is what was written in random profiles`, 200, (random) => {
    const timed = randomSubject(random);
    for (const subject of units.map((unit) => unit === "bytes" ? inBytes(timed) : timed)) {
      checkRoundTrip(id, subject);
    }
  });
}

testRandomly("a cpuprofile converted is what would have been written at once", 200, (random) => {
  const subject = randomSubject(random);
  const again = read("cpuprofile", formatOf("cpuprofile")!.write(subject));
  assert.equal(toFolded(again.profile), toFolded(subject.profile));
  for (const { id } of timeFormats) assert.deepEqual(times(id, again), times(id, subject), id);
});

testRandomly("all formats that can be read give the same times to all others", 100, (random) => {
  const subject = randomSubject(random);
  for (const from of readable.filter((it) => timeFormats.includes(it))) {
    const again = read(from.id, from.write(subject));
    const folded = formatOf("folded")!.write(subject);
    // Positions are 1-based in text, and only paths of files are kept: folded text is what all agree on.
    if (from.id !== "pprof") {
      assert.deepEqual(sorted(formatOf("folded")!.write(again)), sorted(folded), from.id);
    }
    assert.equal(again.request.cpu, subject.request.cpu);
  }
});

function sorted(text: string | Uint8Array): string[] {
  return (text as string).split("\n").sort();
}

Deno.test("a plain profile of V8 is one of no request, called by its file; what is idle is a gap", () => {
  const plain = v8FromFolded("a 100\n a;b 50\n (idle) 30\n (program) 20\n a 10", 1000, 1300);
  const subject = read("cpuprofile", JSON.stringify(plain), "CPU.1.cpuprofile");
  assert.equal(toFolded(subject.profile), "- 100\na 50\na;b 30\n- 20\n(program) 10\na 90");
  assert.deepEqual([subject.request.method, subject.request.url], ["", "CPU.1.cpuprofile"]);
  const files = timeFormats.map(({ write }) => write(subject));
  assert.ok(!JSON.stringify(files).includes("1970"), "no date is invented");
  assert.equal(JSON.parse(files[3] as string).name, "CPU.1.cpuprofile");
  assert.match(files[1] as string, /^cmd: CPU\.1\.cpuprofile$/m);
});

Deno.test("samples of V8 that are out of order are put in order", () => {
  const { nodes } = v8FromFolded("a 1\n b 1", 0);
  const file = { nodes, startTime: 0, endTime: 100, samples: [2, 3], timeDeltas: [50, -20] };
  assert.equal(toFolded(read("cpuprofile", JSON.stringify(file)).profile), "- 30\nb 20\na 50");
});

Deno.test("speedscope's sampled profiles are read, in every unit of time and in bytes", () => {
  const file = (unit: string, weights: number[]) =>
    JSON.stringify({
      shared: { frames: [{ name: "a", file: "x.js", line: 3 }, { name: "b" }] },
      profiles: [{
        type: "sampled",
        name: "",
        unit,
        startValue: 0,
        endValue: weights.reduce((sum, it) => sum + it, 0),
        samples: [[0], [0, 1], [], [1]],
        weights,
      }],
    });
  for (
    const [unit, scale] of [["nanoseconds", 1000], ["microseconds", 1], ["milliseconds", 0.001], [
      "seconds",
      1e-6,
    ]] as const
  ) {
    const { profile } = read("speedscope", file(unit, [10, 20, 30, 40].map((it) => it * scale)));
    assert.equal(
      toFolded(profile),
      "a@x.js:2 10\na@x.js:2;b 20\n- 30\nb 40",
    );
  }
  const { profile } = read("speedscope", file("bytes", [10, 20, 30, 40]));
  assert.deepEqual([profile.unit, toFolded(profile)], ["bytes", "a@x.js:2 10\na@x.js:2;b 20\nb 40"]);
  assert.throws(() => read("speedscope", file("none", [1, 1, 1, 1])), /its unit is "none"/);
});

const sound = JSON.parse(formatOf("cpuprofile")!.write(requestProfileOf("a;b 10\n c 20")) as string);
const scope = JSON.parse(formatOf("speedscope")!.write(requestProfileOf("a;b 10\n c 20")) as string);
const packed = formatOf("pprof")!.write(requestProfileOf("a;b 10\n c 20")) as Uint8Array;
const [own] = scope.profiles;
const json = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));

/** What is wrong, the format, the file, and what is said. */
const broken: readonly (readonly [string, string, Uint8Array, RegExp])[] = [
  ["nothing", "cpuprofile", bytesOf(""), /not JSON, or not all of it, expected a CPU profile of V8/],
  ["half a file", "cpuprofile", json(sound).slice(0, 99), /not JSON, or not all of it/],
  ["bytes", "cpuprofile", packed, /not UTF-8 text/],
  ["a list", "cpuprofile", json([]), /no object, expected/],
  ["another file", "cpuprofile", json({ traceEvents: [] }), /no sound startTime, expected/],
  [
    "a node that is none",
    "cpuprofile",
    json({ ...sound, nodes: [null] }),
    /item 0 of its "nodes" is not a node/,
  ],
  ["no nodes", "cpuprofile", json({ ...sound, nodes: [] }), /it has no nodes/],
  [
    "an unknown node",
    "cpuprofile",
    json({ ...sound, samples: sound.samples.map(() => 99) }),
    /names node 99/,
  ],
  ["too few times", "cpuprofile", json({ ...sound, timeDeltas: [1] }), /samples but 1 timeDeltas/],
  ["a time that is text", "cpuprofile", json({ ...sound, endTime: "9" }), /no sound endTime/],
  ["an end before the start", "cpuprofile", json({ ...sound, endTime: -9 }), /before it starts/],
  ["a request that is none", "cpuprofile", json({ ...sound, profsrv: 1 }), /request data is no object/],
  [
    "a request of another shape",
    "cpuprofile",
    json({ ...sound, profsrv: { ...sound.profsrv, v: 2 } }),
    /no sound "v"/,
  ],
  ["two profiles", "speedscope", json({ ...scope, profiles: [own, own] }), /it has 2 profiles/],
  [
    "a frame without name",
    "speedscope",
    json({ ...scope, shared: { frames: [{}] } }),
    /not a frame with a name/,
  ],
  [
    "an unknown frame",
    "speedscope",
    json({ ...scope, profiles: [{ ...own, events: [{ type: "O", at: 0, frame: "__proto__" }] }] }),
    /event 0 names frame __proto__, which does not exist/,
  ],
  [
    "a frame left open",
    "speedscope",
    json({ ...scope, profiles: [{ ...own, events: [{ type: "O", at: 0, frame: 0 }] }] }),
    /not all of its frames are closed/,
  ],
  [
    "a frame that never opened",
    "speedscope",
    json({ ...scope, profiles: [{ ...own, events: [{ type: "C", at: 0, frame: 0 }] }] }),
    /not the last one opened/,
  ],
  [
    "events out of order",
    "speedscope",
    json({
      ...scope,
      profiles: [{ ...own, events: [{ type: "O", at: 5, frame: 0 }, { type: "C", at: 1, frame: 0 }] }],
    }),
    /before the one at 5/,
  ],
  ["text", "pprof", bytesOf("a;b 1\n"), /it is not gzipped/],
  ["half a file", "pprof", packed.slice(0, -20), /damaged or cut off/],
  ["a changed byte", "pprof", packed.map((byte, i) => i === 60 ? byte ^ 1 : byte), /damaged or cut off/],
  [
    "a length that cannot be",
    "pprof",
    packed.map((byte, i) => i >= packed.length - 4 ? 255 : byte),
    /damaged or cut off/,
  ],
  ["something else gzipped", "pprof", gzipSync("hello"), /decoded|it holds nothing/],
  ["half of what was packed", "pprof", gzipSync(gunzipSync(packed).subarray(0, 40)), /./],
  [
    "a line without time",
    "folded",
    bytesOf("a;b 1\na;b\n"),
    /line 2 is not a stack and its time, expected folded/,
  ],
  ["a line without stack", "folded", bytesOf(" 12\n"), /line 1 is not/],
  ["a fraction", "folded", bytesOf("a 1.5\n"), /line 1 is not/],
];
for (const [what, id, content, message] of broken) {
  Deno.test(`a ${id} file is refused for ${what}`, () => {
    assert.throws(() => read(id, content), (error) => {
      assert.ok(error instanceof FormatError, String((error as Error).stack));
      assert.match(error.message, message);
      return true;
    });
  });
}

testRandomly("a file with some bytes changed is read or refused, and pollutes nothing", 300, (random) => {
  for (const { id, write } of readable) {
    const packed = bytesOf(write(randomSubject(random)));
    const plain = id === "pprof" ? gunzipSync(packed) : packed.slice();
    for (let i = random.integer(1, 4); i > 0 && plain.length > 0; i--) {
      plain[random.integer(0, plain.length - 1)] = random.integer(0, 255);
    }
    try {
      read(id, id === "pprof" ? gzipSync(plain) : plain);
    } catch (error) {
      assert.ok(error instanceof FormatError, String((error as Error).stack));
    }
    assert.deepEqual(Object.keys(Object.prototype), []);
  }
});
