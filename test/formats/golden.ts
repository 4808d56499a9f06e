import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const directory = new URL("../golden/formats/", import.meta.url);

/** Compares with the file of this name under test/golden; `UPDATE_GOLDEN=1` writes it instead. */
export function golden(name: string, content: string | Uint8Array): void {
  const file = new URL(name, directory);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, content);
  }
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  assert.ok(bytes.length < 5000, `${name} has ${bytes.length} bytes; a golden is for reading`);
  assert.deepEqual(new TextDecoder().decode(bytes), readFileSync(file, "utf8"));
}
