/** Modules that a bundle runs by `eval`, as webpack's `eval-source-map` and Next.js make them. */
import assert from "node:assert/strict";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleIn, modulesIn } from "../../src/sources/bundled_modules.ts";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";

const URL_OF = "webpack-internal:///(rsc)/./lib/a b.ts";
/** Has the function `f` in its second line, which the map says is the third of the source. */
const TEXT = 'const quoted = "eval(\\"x\\")\\n";\nfunction f(a) { return a; }\n';

/** A module of a bundle, whose source is a file at this path. */
function evaluated(url: string, source: string, text = TEXT): string {
  const map = {
    version: 3,
    sources: [source],
    names: [],
    mappings: ";AAEA",
    sourcesContent: ["\n\nfunction f(a) {}\n"],
  };
  const data = `data:application/json;charset=utf-8;base64,${
    Buffer.from(JSON.stringify(map)).toString("base64")
  }`;
  const whole = `${text}//# sourceURL=[module]\n//# sourceMappingURL=${data}\n//# sourceURL=${url}\n`;
  return `"./a.ts": (function() {\n\neval(__webpack_require__.ts(${JSON.stringify(whole)}));\n\n}),\n`;
}

Deno.test("the modules of a bundle are found by their urls, with their texts as V8 has them", () => {
  const other = "webpack-internal:///./other.js?1f3b";
  const bundle = evaluated(other, "/other.js", "var other;\n") + evaluated(URL_OF, "/a.ts");
  assert.deepEqual([...modulesIn(bundle)], [other, URL_OF]);
  assert.ok(moduleIn(bundle, URL_OF)?.startsWith(TEXT));
  assert.ok(moduleIn(bundle, other)?.startsWith("var other;\n"));
  assert.equal(moduleIn(bundle, "webpack-internal:///./none.js"), undefined);
  assert.deepEqual([...modulesIn("eval('//# sourceURL=webpack-internal:///./a.js')")], []);
  assert.equal(
    moduleIn(bundle.slice(bundle.indexOf("sourceURL")), other),
    undefined,
    "its beginning is missing",
  );
});

const frame = { name: "f", url: URL_OF, line: 1, column: 10 };
const rows: readonly [what: string, bundles: readonly string[], expected: string][] = [
  ["a bundle", [evaluated(URL_OF, "/src/a.ts")], "file:///src/a.ts:3"],
  [
    "the one that was loaded last",
    [evaluated(URL_OF, "/old/a.ts"), evaluated(URL_OF, "/src/a.ts")],
    "file:///src/a.ts:3",
  ],
  [
    "the one that has the function there",
    [evaluated(URL_OF, "/src/a.ts"), evaluated(URL_OF, "/new/a.ts", `\n${TEXT}`)],
    "file:///src/a.ts:3",
  ],
  ["a bundle that was built anew since", [evaluated(URL_OF, "/new/a.ts", `\n${TEXT}`)], `${URL_OF}:2`],
  ["a bundle without it", [evaluated("webpack-internal:///./b.ts", "/src/b.ts")], `${URL_OF}:2`],
  ["no bundle", ["module.exports = 1;"], `${URL_OF}:2`],
];

Deno.test("a function of a module that has no file is placed by the map in the bundle that runs it", async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "profsrv-test-")));
  try {
    const found = [];
    for (const [i, [what, bundles]] of rows.entries()) {
      const it = new ProcessSources(
        new Sources({ denoDirectory: undefined, onDebug: (text) => assert.fail(text) }),
      );
      it.originalOf(frame);
      for (const [n, text] of bundles.entries()) {
        const path = join(root, `${i}-${n}.js`);
        await writeFile(path, text);
        it.tellFiles([path, join(root, "gone.js")]);
      }
      const { url, line } = it.originalOf(frame);
      found.push([what, `${url}:${line + 1}`]);
      it.release();
    }
    assert.deepEqual(found, rows.map(([what, , expected]) => [what, expected]));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
