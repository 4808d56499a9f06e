/** The table that the tests make. */
import { deepEqual, equal, match } from "node:assert/strict";
import { columnOf, differences, DOCUMENTS, type Finding, tableOf } from "../../build/compatibility.ts";

const finding = (name: string, column: string, mark: Finding["mark"] = "profiled"): Finding => ({
  row: { group: name === "task" ? "Ways to start Deno" : "Frameworks", name },
  column,
  mark,
});
const findings = [
  finding("Express", "Deno 2.10"),
  finding("Express", "Deno 2.9"),
  finding("Express", "Node 26"),
  finding("Express", "Node 8", "absent"),
  finding("task", "Deno 2.9", "told"),
];
const [document] = DOCUMENTS as [typeof DOCUMENTS[number]];
const table = tableOf(document, findings);

Deno.test("a table has its rows by group, and Node's columns before Deno's", () => {
  match(
    table,
    /## Frameworks\n\n\| {9}\| Node 8 \| Node 26 \| Deno 2\.9 \| Deno 2\.10 \|\n.*\n\| Express \| – +\| yes +\| yes +\| yes /,
  );
  match(table, /## Ways to start Deno\n\n\| {6}\| Deno 2\.9 \|\n.*\n\| task \| told {5}\|\n/);
  equal(columnOf({ kind: "node", version: "26.10.0" }), "Node 26");
  equal(columnOf({ kind: "deno", version: "2.10.1" }), "Deno 2.10");
});

Deno.test("a table is compared with what was found, cell by cell", () => {
  const compare = (found: Finding[], isComplete: boolean) =>
    differences(document, table, found, { isComplete });
  deepEqual(compare(findings, true), []);
  deepEqual(compare(findings.slice(0, 2), false), []);
  deepEqual(compare([finding("Express", "Deno 2.9", "told")], false), [
    `"Express" on Deno 2.9 is "told", the table says "yes"`,
  ]);
  deepEqual(compare([finding("Koa", "Node 26")], false), [`"Koa" on Node 26 is "yes", the table says ""`]);
  deepEqual(compare([finding("Express", "Node 27")], false), []);
  deepEqual(compare(findings.slice(0, 4), true), [
    `"task" on Deno 2.9 is not tested, the table says "told"`,
  ]);
});
