import assert from "node:assert/strict";
import { cpuprofile, type CpuProfileFile } from "../../src/formats/cpuprofile.ts";
import type { RequestProfile } from "../../src/profile/request.ts";
import { requestProfileOf } from "../support/folded.ts";
import { testFormat } from "./cases.ts";
import { golden } from "./golden.ts";
import { cpuprofileReader } from "./readers/cpuprofile.ts";

function parse(subject: RequestProfile): CpuProfileFile {
  return JSON.parse(cpuprofile.write(subject) as string);
}

testFormat(cpuprofile, cpuprofileReader);

function namesOf({ samples, nodes }: CpuProfileFile): (string | undefined)[] | undefined {
  return samples?.map((id) => nodes.find((node) => node.id === id)?.callFrame.functionName);
}

Deno.test("what a gap is called stands where the request did not run, and once at its very end", () => {
  const file = parse(requestProfileOf("- 5\n a 10\n - 7\n a 20", { startAt: 100 }));
  assert.deepEqual(namesOf(file), ["(waiting)", "a", "(waiting)", "a", "(waiting)"]);
  assert.deepEqual(file.timeDeltas, [0, 5, 10, 7, 20]);
});

Deno.test("a gap names what held up the event loop, as far as it did", () => {
  const subject = requestProfileOf("- 50\n a 10\n - 70\n a 20\n - 30", { startAt: 100, blocked: 90 });
  const hold = (name: string, startAt: number, time: number) => ({ id: name, name, startAt, time });
  const holds = [
    hold("GET /x", 110, 20),
    hold("GET /y", 155, 30),
    hold("GET /x", 185, 10),
    hold("work outside requests", 255, 30),
  ];
  const file = parse({ ...subject, holds });
  assert.deepEqual(namesOf(file), [
    "(waiting)",
    "(blocked by GET /x)",
    "(waiting)",
    "a",
    "(blocked by GET /y)",
    "(blocked by GET /x)",
    "(waiting)",
    "a",
    "(waiting)",
    "(blocked by work outside requests)",
    "(waiting)",
  ]);
  assert.deepEqual(file.timeDeltas, [0, 10, 20, 20, 10, 25, 10, 35, 20, 5, 25]);
});

Deno.test("without a request a gap is idle", () => {
  assert.deepEqual(namesOf(parse(requestProfileOf("- 5\n a 10", { method: "" }))), ["(idle)", "a", "(idle)"]);
});

Deno.test("a request without a moment's duration is one sample", () => {
  const { samples, timeDeltas, startTime, endTime } = parse(requestProfileOf("", { startAt: 9 }));
  assert.deepEqual({ samples, timeDeltas, startTime, endTime }, {
    samples: [2],
    timeDeltas: [0],
    startTime: 9,
    endTime: 9,
  });
});

Deno.test("functions of one script have one script id, those of none have 0", () => {
  const { nodes } = parse(requestProfileOf("a@x.js 1\n b@y.js 1\n c@x.js 1\n (program) 1"));
  const ids = nodes.map((node) => `${node.callFrame.functionName} ${node.callFrame.scriptId}`);
  assert.deepEqual(ids, ["(root) 0", "a 1", "b 2", "c 1", "(program) 0", "(waiting) 0"]);
});

Deno.test("the file tells all about its request", () => {
  const subject = requestProfileOf("a 1000\n (garbage collector) 500\n - 2500", {
    method: "POST",
    url: "/users/7?x=1",
    status: 201,
    bytes: 12,
    blocked: 1001,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  });
  assert.deepEqual(parse({ ...subject, route: "/users/:id" }).profsrv, {
    v: 1,
    id: "p1-1",
    method: "POST",
    url: "/users/7?x=1",
    path: "/users/7",
    route: "/users/:id",
    host: "localhost",
    http: "1.1",
    status: 201,
    bytes: 12,
    start: "2026-01-02T03:04:05.678Z",
    duration: 4,
    cpu: 1.5,
    blocked: 1.001,
    wait: 1.499,
    gc: 0.5,
    samples: 2,
    outcome: "finished",
    pid: 42,
    tid: 0,
    runtime: "node 24.1.0",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  });
});

Deno.test("a small file stays as it is", () => {
  const subject = requestProfileOf(
    "- 5\n a 10\n a;b@node:fs:3 20\n (garbage collector) 5\n (unsampled) 4\n - 6",
    {
      startAt: 100,
      blocked: 3,
    },
  );
  golden("small.cpuprofile", cpuprofile.write(subject));
});
