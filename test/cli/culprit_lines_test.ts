import assert from "node:assert/strict";
import { addRequest, emptyTable } from "../../src/analysis/routes.ts";
import { placeOf, whereToLook } from "../../src/cli/culprit_lines.ts";
import { entryOf } from "./entries.ts";

/** A file, and how its line 7 is called. */
const places: readonly (readonly [string, string])[] = [
  ["/app/src/auth.ts", "auth.ts:7"],
  ["C:\\app\\src\\auth.ts", "auth.ts:7"],
  ["/app/my_node_modules/auth.ts", "auth.ts:7"],
  ["/app/node_modules/express/lib/application.js", "express/application.js:7"],
  ["C:\\app\\node_modules\\.pnpm\\router@2.3.0\\node_modules\\router\\index.js", "router/index.js:7"],
  ["/app/node_modules/@hapi/hapi/lib/core.js", "@hapi/hapi/core.js:7"],
  ["/root/.cache/deno/npm/registry.npmjs.org/hono/4.0.1/dist/hono.js", "hono/hono.js:7"],
  ["node:internal/timers", "node:internal/timers:7"],
  ["ext:deno_http/00_serve.ts", "ext:deno_http/00_serve.ts:7"],
  ["", ""],
];
for (const [file, expected] of places) {
  Deno.test(`a place says whose file it is: ${expected || "none"} of ${file || "no file"}`, () => {
    assert.equal(placeOf({ file, line: 7 }), expected);
  });
}

/** The files of the slowest request, and the panel of DevTools that opens one of them. */
const opened: readonly (readonly [files: readonly string[], panel: RegExp | undefined])[] = [
  [["a.cpuprofile"], /\(Performance > .*a\.cpuprofile$/],
  [["a.callgrind", "a.cpuprofile"], /\(Performance > .*a\.cpuprofile$/],
  [["a.pb.gz", "a.heapprofile"], /\(Memory > .*a\.heapprofile$/],
  [["a.callgrind", "a.pb.gz", "a.speedscope.json", "a.folded"], undefined],
];
for (const [files, panel] of opened) {
  Deno.test(`DevTools is named for a file that it opens: ${files.join(" ")}`, () => {
    const table = emptyTable();
    addRequest(table, entryOf({ files }));
    const [, line] = whereToLook(table, "/tmp/run", { platform: "linux", program: "profsrv" });
    if (panel === undefined) assert.equal(line, undefined);
    else assert.match(line!, panel);
  });
}
