import assert from "node:assert/strict";
import { isFunctionAt } from "../../src/sources/function_place.ts";
import { linesOf } from "../../src/sources/lines.ts";

/** A text, with a mark where V8 says that the function of this name begins. */
const right: readonly [name: string, text: string][] = [
  ["a", "function a|(b) {}"],
  ["a", "function a  |(b) {}"],
  ["a", "async function* a|() {}"],
  ["a", "const a = |() => 1;"],
  ["a", "const a = |async () => 1;"],
  ["a", "const a = |b => 1;"],
  ["a", "const a =\n  // says why\n  |(b) => 1;"],
  ["exports.a", "exports.a = function |() {};"],
  ["Thing.a", "Thing.prototype.a = function|() {};"],
  ["get a", "class B { get a|() {} }"],
  ["#a", "class B { #a|() {} }"],
  ["static a", "class B { static a|() {} }"],
  ["[Symbol.iterator]", "class B { *[Symbol.iterator]|() {} }"],
  ["my-key", "const all = { 'my-key': function|() {} };"],
  ["B", "class B {\n  constructor|() {}\n}"],
  ["B", "|class B {}"],
  ["<instance_members_initializer>", "class B { |a = 1; }"],
  ["", "list.map(|(b) => b)"],
  ["", "list.map(function |(b) {})"],
  ["default", "export default function |() {}"],
  ["a", "function a      |(b) {}"],
  ["a", "function a<B extends object>|(b) {}"],
  ["größe", "function größe|() {}"],
];
const wrong: readonly [name: string, text: string][] = [
  ["a", "|"],
  ["a", "function b|() {}"],
  ["a", "function a() { return b|(); }"],
  ["a", "func|tion a() {}"],
  ["a", "interface Work {|"],
  ["a", "const b = |() => 1;"],
  ["", "const b| = 1;"],
  ["", "|// a comment"],
];

for (const [entries, isThere] of [[right, true], [wrong, false]] as const) {
  for (const [name, marked] of entries) {
    Deno.test(`"${name}" ${isThere ? "begins" : "does not begin"} at the mark of ${JSON.stringify(marked)}`, () => {
      const [before = ""] = marked.split("|");
      const lines = before.split("\n");
      const at = { name, line: lines.length - 1, column: lines.at(-1)!.length };
      assert.equal(isFunctionAt(linesOf(marked.replace("|", "")), at), isThere);
    });
  }
}

Deno.test("no function begins beyond the end of a text or of a line", () => {
  const lines = linesOf("function a() {}\n");
  assert.equal(isFunctionAt(lines, { name: "a", line: 0, column: 99 }), false);
  assert.equal(isFunctionAt(lines, { name: "a", line: 7, column: 0 }), false);
});
