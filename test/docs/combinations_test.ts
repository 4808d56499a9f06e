import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { combinationsTable } from "../../build/combinations_table.ts";

Deno.test("docs/compatibility.md has the table of what goes together", async () => {
  const document = await readFile(new URL("../../docs/compatibility.md", import.meta.url), "utf8");
  const table = combinationsTable();
  assert.ok(document.includes(table), `make table writes it; until then it lacks:\n${table}`);
});
