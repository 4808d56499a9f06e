/** Where a function stands, as people read it. */
import assert from "node:assert/strict";
import { placeText } from "../../src/analysis/place_text.ts";

const cases: readonly [file: string, line: number, text: string][] = [
  ["/app/src/auth.ts", 57, "auth.ts:57"],
  ["C:\\app\\auth.ts", 57, "auth.ts:57"],
  ["/app/node_modules/router/index.js", 150, "router/index.js:150"],
  ["/app/node_modules/@hapi/hapi/lib/core.js", 7, "@hapi/hapi/core.js:7"],
  ["node:internal/timers", 8, "node:internal/timers:8"],
  ["server.js", 0, "server.js"],
  ["", 3, ""],
];

Deno.test("a file of the application is its name, one of a library has that before it, one of the runtime is whole", () => {
  for (const [file, line, text] of cases) assert.equal(placeText({ file, line }), text);
});
