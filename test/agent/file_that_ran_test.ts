import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFileThatRan } from "../../src/agent/file_that_ran.ts";

const TEXT = `const key = "handler";
const kinds = {
  computed: {
    [key]() {},
  },
};
function named() {}
`;

/** Names and positions as V8 gives them, from 0, and whether such functions are in the file. */
const cases: readonly [about: string, name: string, line: number, column: number, isThere: boolean][] = [
  ["a function in its line", "named", 6, 14, true],
  ["a function in another line", "named", 5, 14, false],
  ["a function without a name where one begins", "", 3, 9, true],
  ["a function without a name where none begins", "", 3, 12, false],
  ["a method of a computed name, called by what holds it, lines above", "kinds.computed", 3, 9, true],
  ["a method of a computed name where none begins", "kinds.computed", 4, 0, false],
];

for (const [about, functionName, lineNumber, columnNumber, isThere] of cases) {
  Deno.test(`whether a script's file has the text that ran: ${about}`, () => {
    const directory = mkdtempSync(join(tmpdir(), "file-that-ran-"));
    try {
      const path = join(directory, "server.cjs");
      writeFileSync(path, TEXT);
      const frame = { functionName, scriptId: "1", url: path, lineNumber, columnNumber };
      assert.equal(isFileThatRan(path, [frame]), isThere);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}
