import assert from "node:assert/strict";
import { heapprofile } from "../../src/formats/heapprofile.ts";
import { requestProfileOf } from "../support/folded.ts";
import { inBytes, testFormat } from "./cases.ts";
import { golden } from "./golden.ts";
import { heapprofileReader } from "./readers/heapprofile.ts";

testFormat(heapprofile, heapprofileReader);

Deno.test("each node has the bytes of its own samples, and the samples tell the order", () => {
  golden("small.heapprofile", heapprofile.write(inBytes(requestProfileOf("a 1\n a;b@node:fs:6 2\n a 4"))));
});

Deno.test("a heap profile of V8 without samples is read by its sizes", () => {
  const callFrame = (functionName: string) => ({
    functionName,
    scriptId: "0",
    url: "",
    lineNumber: 0,
    columnNumber: 0,
  });
  const child = { callFrame: callFrame("f"), selfSize: 30, id: 7, children: [] };
  const head = { callFrame: callFrame("(root)"), selfSize: 5, id: 1, children: [child] };
  const { profile } = heapprofile.read!(new TextEncoder().encode(JSON.stringify({ head })), "x");
  assert.equal(profile.unit, "bytes");
  const names = profile.samples.stack.map((stack) => profile.frames[profile.stacks.frame[stack]!]!.name);
  assert.deepEqual([names, profile.samples.time], [["(program)", "f"], [5, 30]]);
});

for (
  const [what, text, problem] of [
    ["no head", "{}", /no sound tree of nodes as its "head"/],
    ["a node without children", '{"head":{"id":1,"selfSize":1,"callFrame":{}}}', /no sound tree/],
    [
      "a size that is none",
      '{"head":{"id":1,"selfSize":-1,"callFrame":{},"children":[]}}',
      /has the size -1/,
    ],
    [
      "a sample without a node",
      '{"head":{"id":1,"selfSize":1,"callFrame":{},"children":[]},"samples":[{}]}',
      /item 0/,
    ],
  ] as const
) {
  Deno.test(`a file with ${what} is refused in one sentence`, () => {
    assert.throws(() => heapprofile.read!(new TextEncoder().encode(text), "x"), problem);
  });
}
