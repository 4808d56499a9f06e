import assert from "node:assert/strict";
import { addRequest, emptyTable } from "../../src/analysis/routes.ts";
import { chosenRoute } from "../../src/cli/chosen_route.ts";
import type { IndexEntry } from "../../src/store/entry.ts";
import { entryOf } from "./entries.ts";

const LONG = `/deep/${"down/".repeat(20)}end`;

const table = emptyTable();
const add = (known: Partial<IndexEntry>) => addRequest(table, entryOf({ duration: 1, ...known }));
for (let at = 0; at < 150; at++) add({ route: `/wiki/page${at}`, duration: at });
for (const route of ["/users/:id", "/a", "/odd\u202ename", LONG]) add({ route, pattern: true });
add({ route: "/a", method: "POST" });
add({ route: "/none", status: 404 });

for (
  const [text, name] of [
    ["GET /wiki/:x", "GET /wiki/:x"],
    ["/wiki/:x", "GET /wiki/:x"],
    ["GET /wiki/page7", "GET /wiki/page7"],
    ["/wiki/page7", "GET /wiki/page7"],
    ["/users/:id", "GET /users/:id"],
    ["POST /a", "POST /a"],
    ["GET /odd\\u202ename", "GET /odd\u202ename"],
    ["GET /deep/down/down/d…", `GET ${LONG}`],
    ["(unknown paths)", "(unknown paths)"],
    ["(outside requests)", "(outside requests)"],
  ] as const
) {
  Deno.test(`--route "${text}" names one route`, () => {
    const chosen = chosenRoute(table, text);
    assert.ok(typeof chosen !== "string", String(chosen));
    assert.equal(chosen.name, name);
    if (text.endsWith("wiki/:x")) assert.equal(chosen.totals?.count, 150);
  });
}

for (
  const [text, sentence] of [
    ["/a", '"/a" is several routes: GET /a, POST /a'],
    ["/wiki", /^it has no route "\/wiki"; those with most time are GET \/wiki\/:x, /],
    ["(other)", /stands for routes that are not listed/],
  ] as const
) {
  Deno.test(`--route "${text}" names none`, () => {
    const chosen = chosenRoute(table, text);
    assert.ok(typeof chosen === "string");
    if (typeof sentence === "string") assert.equal(chosen, sentence);
    else assert.match(chosen, sentence);
  });
}
