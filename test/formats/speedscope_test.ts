import assert from "node:assert/strict";
import { speedscope } from "../../src/formats/speedscope.ts";
import { requestProfileOf } from "../support/folded.ts";
import { testFormat } from "./cases.ts";
import { golden } from "./golden.ts";
import { parseSpeedscope, speedscopeReader } from "./readers/speedscope.ts";

testFormat(speedscope, speedscopeReader);

Deno.test("frames stay open from sample to sample, and close in gaps, which have their own", () => {
  const content = speedscope.write(
    requestProfileOf("a 1\n a;b@node:fs:6 2\n a 4\n - 8\n a 16\n - 32", { startAt: 100 }),
  );
  assert.deepEqual(
    parseSpeedscope(content).profiles[0]?.events.map(({ type, frame, at }) => `${type}${frame} ${at}`),
    [
      "O0 0",
      "O1 1",
      "C1 3",
      "C0 7",
      "O2 7",
      "C2 15",
      "O0 15",
      "C0 31",
      "O2 31",
      "C2 63",
    ],
  );
  golden("small.speedscope.json", content);
});
