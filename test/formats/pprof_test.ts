import assert from "node:assert/strict";
import { pprof } from "../../src/formats/pprof.ts";
import { requestProfileOf } from "../support/folded.ts";
import { cases, testFormat } from "./cases.ts";
import { decodePprof, pprofReader } from "./readers/pprof.ts";

testFormat(pprof, pprofReader);

Deno.test("texts of which there are many are no labels: a store of profiles would make a series of each", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const subject = requestProfileOf("a 1\n b 2", {
    method: "POST",
    url: "/u/7?x=1",
    status: 201,
    bytes: 70,
    traceparent,
    duration: 9000,
    cpu: 4000,
    blocked: 3000,
  });
  const profile = decodePprof(pprof.write({ ...subject, route: "/u/:id", gc: 500 }));
  const text = (i: number | bigint): string => profile.stringTable.strings[Number(i)]!;
  assert.equal(profile.sample.length, 2);
  for (const { label } of profile.sample) {
    const texts = label.filter(({ str }) => Number(str) !== 0);
    assert.deepEqual(Object.fromEntries(texts.map(({ key, str }) => [text(key), text(str)])), {
      method: "POST",
      route: "/u/:id",
      "trace_id": "0af7651916cd43dd8448eb211c80319c",
      "span_id": "b7ad6b7169203331",
    });
    const numbers = label.filter(({ str }) => Number(str) === 0);
    assert.deepEqual(
      Object.fromEntries(numbers.map(({ key, num, numUnit }) => [text(key), [Number(num), text(numUnit)]])),
      {
        status: [201, ""],
        bytes: [70, ""],
        duration: [9_000_000, "nanoseconds"],
        cpu: [4_000_000, "nanoseconds"],
        blocked: [3_000_000, "nanoseconds"],
        wait: [2_000_000, "nanoseconds"],
        gc: [500_000, "nanoseconds"],
      },
    );
  }
  assert.equal(BigInt(profile.timeNanos), BigInt(subject.request.startedOn) * 1_000_000n);
  const [comment = ""] = profile.comment.map(text);
  assert.equal(JSON.parse(comment.replace("profsrv ", "")).url, "/u/7?x=1");
});

Deno.test("stacks are written from their top down", () => {
  const profile = decodePprof(pprof.write(requestProfileOf("a;b 1\n a;b 2\n (unsampled) 5")));
  const text = (i: number | bigint): string => profile.stringTable.strings[Number(i)]!;
  const names = profile.sample.map(({ locationId, value }) => [
    ...locationId.map((id) => text(profile.function[Number(id) - 1]!.name)),
    ...value.map(Number),
  ]);
  assert.deepEqual(names, [["b", "a", 2, 3000], ["(unsampled)", 0, 5000]]);
});

Deno.test("the same profile makes the same bytes, without a clock in them", () => {
  for (const [, subject] of cases) assert.deepEqual(pprof.write(subject), pprof.write(subject));
  const header = (pprof.write(requestProfileOf("a 1")) as Uint8Array).slice(0, 10);
  assert.deepEqual([...header.slice(0, 8)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
});

Deno.test("a file from elsewhere may have the frame for what no sample saw twice", () => {
  const subject = requestProfileOf("(unsampled) 1\n x 2");
  const { frames } = subject.profile;
  const twice = frames.map((it) => it.name === "x" ? { ...frames[0]!, line: 4 } : it);
  const profile = decodePprof(pprof.write({ ...subject, profile: { ...subject.profile, frames: twice } }));
  assert.deepEqual(profile.sample.map(({ value }) => Number(value[0])), [0, 0]);
});
