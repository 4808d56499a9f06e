import assert from "node:assert/strict";
import { parseSpoolFileName, spoolFileName } from "../../src/protocol/spool_file.ts";

Deno.test("a spool file's name tells its stream, process and number", () => {
  assert.deepEqual(parseSpoolFileName(spoolFileName("4711-2-00c0ffee", 13)), {
    stream: "4711-2-00c0ffee",
    pid: 4711,
    instance: "00c0ffee",
    number: 13,
  });
});

for (const name of ["agent.cjs", "1-0-ab.spool", "1-0-ab.0.spool.tmp", "x-0-ab.0.spool", ".0.spool", ""]) {
  Deno.test(`"${name}" is no spool file`, () => assert.equal(parseSpoolFileName(name), null));
}
