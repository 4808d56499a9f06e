import assert from "node:assert/strict";
import { formatOf, formats } from "../../src/formats/mod.ts";
import { unitOf } from "../../src/profile/model.ts";
import { testRandomly } from "../support/random.ts";
import { inBytes, randomSubject } from "./cases.ts";
import { readers } from "./readers/mod.ts";

Deno.test("there are six formats, each with its own id and extension", () => {
  assert.deepEqual(formats.map(({ id, extension }) => `${id} ${extension}`), [
    "cpuprofile .cpuprofile",
    "callgrind .callgrind",
    "pprof .pb.gz",
    "speedscope .speedscope.json",
    "folded .folded",
    "heapprofile .heapprofile",
  ]);
  for (const format of formats) assert.equal(formatOf(format.id), format);
  assert.equal(formatOf("html"), undefined);
});

testRandomly(
  "all formats of a request agree on its total and on the self time, or bytes, of each function",
  200,
  (random) => {
    const timed = randomSubject(random);
    for (const subject of [timed, inBytes(timed)]) {
      const { profile, request } = subject;
      const holding = formats.filter(({ units }) => units.includes(unitOf(profile)));
      const read = holding.map(({ id, write }) => {
        const { label, read } = readers[id] ?? assert.fail(`no reader for ${id}`);
        const times = read(write(subject), subject);
        const total = [...times.values()].reduce((sum, time) => sum + time, 0);
        return { total, functions: profile.frames.map((frame) => times.get(label(frame)) ?? 0) };
      });
      for (const one of read) assert.deepEqual(one, read[0]);
      assert.equal(read[0]?.total, request.cpu);
    }
  },
);
