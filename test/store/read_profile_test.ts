import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readProfile } from "../../src/store/read_profile.ts";

Deno.test("folded stacks of a request that the index has bytes of are read as bytes, and else as time", () => {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    writeFileSync(join(directory, "a.folded"), "a;b 2000\nc 48\n");
    const files = ["a.folded"];
    const read = (entry: Parameters<typeof readProfile>[1]) => {
      const found = readProfile(directory, entry);
      assert.ok(found.kind === "found");
      return found.profile;
    };
    const bytes = read({ files, alloc: { bytes: 2048, hot: null } });
    assert.deepEqual([bytes.profile.unit, bytes.profile.endAt, bytes.request.cpu], ["bytes", 2048, 0]);
    const time = read({ files });
    assert.deepEqual([time.profile.unit, time.request.cpu], [undefined, 2048]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
