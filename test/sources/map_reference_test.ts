import assert from "node:assert/strict";
import { dataOf, mapReference, parseMap } from "../../src/sources/map_reference.ts";

const references: readonly [what: string, text: string, url: string | undefined][] = [
  ["at the end", "a();\n//# sourceMappingURL=a.js.map", "a.js.map"],
  ["with lines behind it", "a();\n//# sourceMappingURL=a.js.map\n// more=1\n", "a.js.map"],
  ["on Windows", "a();\r\n//# sourceMappingURL=a.js.map\r\n", "a.js.map"],
  ["in the old form", "//@ sourceMappingURL=a.js.map", "a.js.map"],
  ["in a block", "/*# sourceMappingURL=a.css.map */", "a.css.map"],
  ["the last of several", "//# sourceMappingURL=a\n//# sourceMappingURL=b\n", "b"],
  ["after a text that talks of one", `//# sourceMappingURL=a\nx = "//# sourceMappingURL=" + y;`, "a"],
  ["only talked of", `x = "sourceMappingURL=";\n  y = '//# sourceMappingURL=a'`, undefined],
  ["behind code", "a();//# sourceMappingURL=a.js.map\n", "a.js.map"],
  ["behind code with a url and a division", 'a("http://b/c" / 2);//# sourceMappingURL=a.js.map', "a.js.map"],
  ["in a comment about it", "a(); // write //# sourceMappingURL=foo", undefined],
  ["in a block's comment about it", "a(); /* write //# sourceMappingURL=foo", undefined],
  ["in a string behind code", `a("//# sourceMappingURL=a");\n`, undefined],
  ["in a template behind code", "a(`//# sourceMappingURL=a`);\n", undefined],
  ["behind code that is not the last", "a(`x//# sourceMappingURL=a\n`);\n", undefined],
  ["none", "a();", undefined],
  ["empty", "//# sourceMappingURL=\n", undefined],
  ["at the very beginning", "sourceMappingURL=a", undefined],
];
for (const [what, text, url] of references) {
  Deno.test(`a script's reference to its map: ${what}`, () => assert.equal(mapReference(text), url));
}

Deno.test("inline maps are read in every encoding, others are no data", () => {
  const base64 = Buffer.from('{"ü":1}').toString("base64");
  assert.equal(dataOf(`data:application/json;base64,${base64}`), '{"ü":1}');
  assert.equal(dataOf(`data:application/json;charset=utf-8;base64,${base64}`), '{"ü":1}');
  assert.equal(dataOf("data:application/json,%7B%22%C3%BC%22%3A1%7D"), '{"ü":1}');
  assert.equal(dataOf("a.js.map"), undefined);
});

Deno.test("a map may begin with a line that keeps it from being run", () => {
  assert.deepEqual(parseMap(`)]}'\n{"a":1}`), { a: 1 });
  assert.deepEqual(parseMap(`{"a":1}`), { a: 1 });
  assert.deepEqual(parseMap(`\ufeff{"a":1}`), { a: 1 });
  assert.throws(() => parseMap("<html>"));
});
