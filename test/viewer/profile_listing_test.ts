/** Which profiles there are, while a run goes on and when it has ended. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProfileListing } from "../../src/viewer/profile_listing.ts";
import { Table } from "../../src/viewer/table/table.ts";
import { entry, known } from "./entries.ts";

Deno.test("a file that the index names early is awaited while the run goes on, and gone only when it has ended without it", () => {
  const directory = mkdtempSync(join(tmpdir(), "profsrv-test-"));
  try {
    const table = new Table();
    for (const [id, profile] of [["a", "kept"], ["b", "awaited"], ["c", "awaited"]] as const) {
      table.add(entry(id), known({ routeName: "GET /a", profile, file: `${id}.cpuprofile` }));
    }
    writeFileSync(join(directory, "a.cpuprofile"), "");
    const states = () => [0, 1, 2].map((row) => table.row(row).profile);
    const listing = new ProfileListing(directory, table);
    listing.update(true);
    assert.deepEqual([states(), listing.gone], [["kept", "awaited", "awaited"], 0]);
    // Within the time for which the list is believed: the run's end makes it old.
    writeFileSync(join(directory, "b.cpuprofile"), "");
    rmSync(join(directory, "a.cpuprofile"));
    listing.update(false);
    assert.deepEqual([states(), listing.gone], [["gone", "kept", "gone"], 2]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
