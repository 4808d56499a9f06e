/** Addresses of the viewer's page, whatever a run holds. */
import assert from "node:assert/strict";
import { addRequest, emptyTable } from "../../src/analysis/routes.ts";
import { addressText, parseAddress } from "../../src/viewer/page/address.ts";
import { editorAddress } from "../../src/viewer/page/editor.ts";
import { routeNamed } from "../../src/viewer/routes_answer.ts";
import { entry } from "./entries.ts";

const HALF = "GET /a\ud800b";

Deno.test("any name has an address, and it leads back to it", () => {
  for (const name of ["GET /a/:id?x=#&%", "GET /%E0%A4%A", "\u202egnp\0", "😀".repeat(500), "<img>"]) {
    assert.deepEqual(parseAddress(addressText({ path: ["route", name] })).path, ["route", name]);
  }
});

Deno.test("half of a character in a name leads to the route, and in a file to an editor", () => {
  const table = emptyTable();
  addRequest(
    table,
    entry("a-1", { method: "GET", path: HALF.slice(4), route: HALF.slice(4), pattern: true }),
  );
  const [, name] = parseAddress(addressText({ path: ["route", HALF] })).path;
  assert.equal(routeNamed(table, name!)?.name, HALF);
  assert.equal(editorAddress("VS Code", { file: "/a\udc00.js", line: 1 }), "vscode://file/a%EF%BF%BD.js:1");
});
