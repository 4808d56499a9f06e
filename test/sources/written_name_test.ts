import assert from "node:assert/strict";
import { linesOf } from "../../src/sources/lines.ts";
import { writtenName } from "../../src/sources/written_name.ts";

const cases: readonly [source: string, name: string | undefined][] = [
  ["const a = ▮() => 1;", "a"],
  ["export const a = async ▮(x) => 1;", "a"],
  ["let a = ▮async (x) => 1;", "a"],
  ["const a = (▮x) => 1;", "a"],
  ["const a = function ▮(x) {", "a"],
  ["const a: Handler = ▮(x) => 1;", "a"],
  ["const a: (x: number) => Map<string, number> = ▮(x) => 1;", "a"],
  ["const a: Handler = b, c = ▮(x) => 1;", "c"],
  ["const a: Handler =\n  ▮(x) => 1;", "a"],
  ["  private readonly a: Handler = ▮(x) => 1;", "a"],
  ["  #a = ▮(x) => 1;", "#a"],
  ["const o = { a: ▮(x) => 1 }", "a"],
  ["  a: async ▮(x) => 1,", "a"],
  ["const a = b ? c : ▮() => 1;", undefined],
  ["list.map(▮(x) => 1);", undefined],
  ["const a = list.map(▮(x) => 1);", undefined],
  ["if (a == ▮(() => 1)) {", undefined],
  ["if (a >= ▮(() => 1)) {", undefined],
  ["const f = (a) => ▮(b) => 1;", undefined],
  ["exports.a = ▮() => 1;", undefined],
  ["▮() => 1", undefined],
  ["x".repeat(100_000) + "; const a = ▮() => 1;", "a"],
];
for (const [source, name] of cases) {
  Deno.test(`the name of ${JSON.stringify(source.slice(-60))} is ${name ?? "none"}`, () => {
    const before = source.slice(0, source.indexOf("▮")).split("\n");
    const at = { line: before.length - 1, column: before.at(-1)!.length };
    assert.equal(writtenName(linesOf(source.replace("▮", "")), at), name);
  });
}
