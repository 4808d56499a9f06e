import assert from "node:assert/strict";
import { plain } from "../../src/cli/colours.ts";
import { reportData } from "../../src/cli/report_data.ts";
import { reportMarkdown, reportText } from "../../src/cli/report_text.ts";
import { addRequest, emptyTable } from "../../src/analysis/routes.ts";
import type { RunRecord } from "../../src/store/read_run.ts";
import { sumProfiles } from "../../src/analysis/functions.ts";
import { fromFolded } from "../support/folded.ts";
import { entryOf, totalsOf } from "./entries.ts";

const hog = entryOf({
  id: "h",
  route: "/hog",
  url: "/hog",
  cpu: 80,
  duration: 80,
  hot: { function: "burn", file: "/a/work.ts", line: 7, self: 79 },
});
const victim = entryOf({ id: "v", blockers: [{ id: "h", ms: 60 }, { id: "(outside requests)", ms: 5 }] });
const evil = entryOf({ id: "e", route: "/|<b>\x1b[2J`", url: "/|<b>\x1b[2J`" });

function data(route?: string) {
  const table = emptyTable();
  for (const entry of [victim, hog, evil]) addRequest(table, entry);
  return reportData({
    directory: "/tmp/p x",
    record: { command: ["node", "s.js"], start: hog.start, end: null } as unknown as RunRecord,
    state: "goes on",
    totals: totalsOf({ requests: 3, files: 3 }),
    notes: [],
    table,
    slowest: [hog, victim, evil],
    profiles: sumProfiles([fromFolded("a;burn 79000\n(unsampled) 1000")], { all: false, requests: 1 }),
    only: route === undefined ? {} : { route: { name: route, totals: table.routes.get(route)! } },
    top: 10,
  });
}

Deno.test("a report names who held up whom, the functions, and commands that go on", () => {
  const text = reportText(data(), { paint: plain });
  assert.match(
    text,
    /^Who held up others\n +ms +times +by +whom it cost\n60\.0 +1 +GET \/hog +GET \/users\/:id 60\.0 ms$/m,
  );
  assert.match(text, /^ 5\.0 +1 +\(outside requests\) +GET \/users\/:id 5\.0 ms$/m);
  assert.match(text, /^98\.8 % +79\.0 +98\.8 % +79\.0 +app\.js:1 +burn$/m);
  assert.match(text, /^ 99 % a app\.js:1\n 99 % {3}burn app\.js:1$/m);
  assert.match(text, /^profsrv report '\/tmp\/p x' --route 'GET \/hog'$/m);
  const route = reportText(data("GET /users/:id"), { paint: plain, width: 60 });
  assert.match(route, /^Who held it up\n.*\n60\.0 +1 +GET \/hog/m);
  for (const line of route.split("\n").filter((it) => !it.startsWith("profsrv"))) {
    assert.ok(line.length <= 60, line);
  }
});

Deno.test("nothing foreign commands the terminal, or is Markdown or HTML", () => {
  const md = reportMarkdown(data(), ["Most CPU: GET /a_b_c"]);
  assert.ok(!(md + reportText(data(), { paint: plain })).includes("\x1b"));
  assert.ok(!/[^\\]<b>/.test(md), md);
  assert.match(md, /GET \/\\\|\\<b\\>/);
  assert.match(md, /^\| self % \| self ms \| total % \| total ms \| location \| function \|$/m);
});

Deno.test("the data of a report survives JSON as it is", () => {
  const whole = data();
  assert.deepEqual(JSON.parse(JSON.stringify(whole)), whole);
  assert.deepEqual(whole.blockers[0], {
    name: "GET /hog",
    ms: 60,
    count: 1,
    heldUp: [{ name: "GET /users/:id", ms: 60, count: 1 }],
  });
});
