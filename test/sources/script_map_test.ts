import { encodedMap, type SourceMapSegment, TraceMap } from "@jridgewell/trace-mapping";
import assert from "node:assert/strict";
import { ScriptMap, type ScriptMapOptions } from "../../src/sources/script_map.ts";

const URL = "file:///srv/app/dist/bundle.js.map";

/** A map with these segments, line by line: `[column, source, line, column, name]`, all from 0. */
function mapOf(mappings: SourceMapSegment[][], own: Record<string, unknown> = {}): Record<string, unknown> {
  const map = new TraceMap({ version: 3, names: ["original", "other"], sources: ["../src/a.ts"], mappings });
  return { ...encodedMap(map), ...own };
}

/** What becomes of a function: `name url:line:column`. */
function original(
  map: unknown,
  [name, line, column]: [name: string, line: number, column: number],
  options: ScriptMapOptions = {},
): string {
  const frame = { name, url: "file:///srv/app/dist/bundle.js", line, column };
  const it = new ScriptMap(map, URL, options).originalOf(frame);
  return it === frame ? "the same" : `${it.name} ${it.url}:${it.line}:${it.column}`;
}

const plain = mapOf([[], [[4, 0, 10, 2], [20, 0, 12, 0]]]);

Deno.test("a function stands where its position or the last one before it in the line was mapped from", () => {
  assert.equal(original(plain, ["f", 1, 4]), "f file:///srv/app/src/a.ts:10:2");
  assert.equal(original(plain, ["f", 1, 19]), "f file:///srv/app/src/a.ts:10:2");
  assert.equal(original(plain, ["f", 1, 20]), "f file:///srv/app/src/a.ts:12:0");
});

Deno.test("what the map does not mention stays as it is", () => {
  for (const at of [[1, 3], [0, 5], [2, 0], [900, 0], [-1, -1]] as const) {
    assert.equal(original(plain, ["f", ...at]), "the same");
  }
  assert.equal(original(mapOf([[[0]]]), ["f", 0, 3]), "the same", "mapped to nothing");
  assert.equal(
    original(mapOf([[[0, 0, 1, 1]]], { sources: [null] }), ["f", 0, 3]),
    "the same",
    "unnamed source",
  );
});

Deno.test("the script itself is its source if it has one only", () => {
  assert.equal(original(plain, ["", 0, 0]), " file:///srv/app/src/a.ts:0:0");
  assert.equal(original(plain, ["", -1, -1]), " file:///srv/app/src/a.ts:-1:-1");
  assert.equal(original(mapOf([], { sources: ["a.ts", "b.ts"] }), ["", 0, 0]), "the same");
});

const sources: readonly [what: string, own: Record<string, unknown>, url: string][] = [
  ["relative to the map", { sources: ["a.ts"] }, "file:///srv/app/dist/a.ts"],
  ["below a relative root", { sources: ["a.ts"], sourceRoot: "../lib" }, "file:///srv/app/lib/a.ts"],
  ["below an absolute root", { sources: ["x/a.ts"], sourceRoot: "/home/me/" }, "file:///home/me/x/a.ts"],
  ["below a url", { sources: ["a.ts"], sourceRoot: "https://example.org/s" }, "https://example.org/s/a.ts"],
  ["an empty root", { sources: ["../a.ts"], sourceRoot: "" }, "file:///srv/app/a.ts"],
  ["an absolute path", { sources: ["/x/a.ts"], sourceRoot: "/home" }, "file:///x/a.ts"],
  ["a file url", { sources: ["file:///x/a%20b.ts"] }, "file:///x/a%20b.ts"],
  ["a space", { sources: ["a b.ts"] }, "file:///srv/app/dist/a%20b.ts"],
  ["a drive of Windows", { sources: ["C:\\x\\a.ts"] }, "file:///C:/x/a.ts"],
  ["a bundler's scheme", { sources: ["webpack://app/./src/a.ts"] }, "webpack://app/src/a.ts"],
  ["a bundler's scheme without host", { sources: ["webpack:///./src/a.ts"] }, "webpack:///src/a.ts"],
  [
    "a bundler's root",
    { sources: ["a.ts"], sourceRoot: "turbopack://[project]/" },
    "turbopack://[project]/a.ts",
  ],
  [
    "a source that is called by another",
    { sources: ["a.vue?type=script"] },
    "file:///srv/app/dist/a.vue?type=script",
  ],
];
for (const [what, own, url] of sources) {
  Deno.test(`a source's url: ${what}`, () => {
    assert.equal(original(mapOf([[[0, 0, 3, 1]]], own), ["f", 0, 0]), `f ${url}:3:1`);
  });
}

Deno.test("an index map has a map for each section", () => {
  const sections = [
    {
      offset: { line: 0, column: 0 },
      map: mapOf([[[5, 0, 1, 0]]], { sources: ["a.ts"], sourceRoot: "../one" }),
    },
    {
      offset: { line: 2, column: 10 },
      map: mapOf([[[5, 0, 7, 0]], [[5, 0, 8, 0]]], { sources: ["../two/b.ts"] }),
    },
  ];
  const map = { version: 3, sections };
  assert.equal(original(map, ["f", 0, 5]), "f file:///srv/app/one/a.ts:1:0");
  assert.equal(original(map, ["f", 2, 15]), "f file:///srv/app/two/b.ts:7:0");
  assert.equal(original(map, ["f", 3, 5]), "f file:///srv/app/two/b.ts:8:0");
  assert.equal(original(map, ["", 0, 0]), "the same", "it was made from two");
});

const refused: readonly [what: string, map: unknown, reason: RegExp][] = [
  ["no object", 7, /^Error: it is no object$/],
  ["null", null, /^Error: it is no object$/],
  ["another version", { ...plain, version: 2 }, /^Error: its version is 2, expected 3$/],
  ["no version", { ...plain, version: undefined }, /^Error: its version is undefined/],
  ["no sources", { ...plain, sources: undefined }, /^Error: it has no sources$/],
  ["no mappings", { ...plain, mappings: undefined }, /^Error: it has no mappings$/],
  [
    "a section by url",
    { version: 3, sections: [{ offset: { line: 0, column: 0 }, url: "x" }] },
    /it is no object/,
  ],
];
for (const [what, map, reason] of refused) {
  Deno.test(`a map is refused: ${what}`, () => assert.throws(() => new ScriptMap(map, URL), reason));
}

const minified: readonly [what: string, text: string, name: string, expected: string][] = [
  ["a declared function", "function a▮(b){}", "a", "original"],
  ["an arrow in a variable", "const a=▮()=>1;", "a", "original"],
  ["an async arrow without parentheses", "let a=▮async b=>1", "a", "original"],
  ["a function in a property", "x={a:function▮(){}}", "a", "original"],
  ["a generator", "function*a▮(){}", "a", "original"],
  ["a letter of the word function", "const n=function▮(){}", "n", "original"],
  ["a method", "class b{a▮(){}}", "a", "original"],
  ["a getter", "class b{get a▮(){}}", "get a", "get original"],
  ["a static block's class", "class a{x=1;constructor▮(){}}", "a", "original"],
  ["a class that has no constructor", "▮class a{}", "a", "original"],
  ["a member", "x.a=function▮(){}", "x.a", "x.original"],
  ["another name in the same place", "aa(▮()=>1)", "a", "a"],
  ["a callback of that function", "a(▮()=>1)", "", ""],
  ["a name that is not there", "▮()=>1", "a", "a"],
];
for (const [what, text, name, expected] of minified) {
  Deno.test(`a minified name is the original's: ${what}`, () => {
    const column = text.indexOf("▮");
    const script = text.replace("▮", "");
    const at = /\b[an]\b/.exec(script)?.index ?? 0;
    const map = mapOf([[[0, 0, 0, 0], [at, 0, 5, 0, 0], ...(column > at ? [[column, 0, 5, 9] as const] : [])]]
      .map((line) => line.map((segment) => [...segment] as SourceMapSegment)));
    const found = original(map, [name, 0, column], { text: script });
    assert.equal(found.slice(0, found.indexOf(" file:")), expected);
  });
}

/** What a minifier makes of `original.other = function () {}`. */
const members: readonly [script: string, name: string, expected: string][] = [
  ["const x={¶other:function▮(){}}", "other", "other"],
  ["const ¶n=function▮(){}", "n", "other"],
  ["¶n.other=function▮(){}", "n.other", "original.other"],
];
for (const [script, name, expected] of members) {
  Deno.test(`a function is not called as the object that it is a member of: ${script}`, () => {
    const text = script.replace("¶", "").replace("▮", "");
    const map = mapOf([[[script.indexOf("¶"), 0, 0, 0, 0]]], {
      sourcesContent: ["original.other = function () {};"],
    });
    const found = original(map, [name, 0, script.replace("¶", "").indexOf("▮")], { text });
    assert.equal(found.slice(0, found.indexOf(" file:")), expected);
  });
}

Deno.test("without the script's text its functions keep their names", () => {
  assert.match(original(mapOf([[[0, 0, 5, 0, 0]]]), ["a", 0, 0]), /^a /);
});

Deno.test("a function without a name has the one that it is written with", () => {
  const map = mapOf([[[7, 0, 1, 12]]]);
  const text = "\nconst spin = (rounds) => 1;";
  const place = "file:///srv/app/src/a.ts:1:12";
  assert.equal(original({ ...map, sourcesContent: [text] }, ["", 0, 7]), `spin ${place}`);
  assert.equal(original(map, ["", 0, 7], { sourceText: () => text }), `spin ${place}`);
  assert.equal(original(map, ["", 0, 7], { sourceText: () => undefined }), ` ${place}`);
});

/** In a script `¶` is a place that the map has, `▮` V8's position of the function; in a source `▮` is where the former is from. */
const positioned: readonly [what: string, script: string, name: string, source: string, expected: string][] =
  [
    ["the function's own place", "¶function▮(b){}", "x.<computed>", "export ▮function a(b) {}", "a"],
    ["the identifier", "async function ¶n▮(b){}", "n", "export async function ▮GET(b) {}", "GET"],
    ["the parenthesis", "function n¶▮(b){}", "n", "function a▮(b) {}", "a"],
    ["the word async", "¶async function n▮(b){}", "n", "export ▮async function a(b) {}", "a"],
    ["a method", "class b{¶n▮(c){}}", "n", "class B {\n  ▮a(c: number): void {} }", "a"],
    ["a getter", "class b{get ¶n▮(){}}", "get n", "class B { get ▮a() {} }", "get a"],
    ["an arrow", "let ¶n=▮b=>1", "n", "const a = ▮(b) => 1;", "n"],
    ["an arrow at its own place", "let n=¶▮b=>1", "n", "const ▮a = (b) => 1;", "a"],
    ["a class", "¶▮class n{}", "n", "export ▮class A {}", "A"],
    ["a constructor", "class n{¶constructor▮(){}}", "n", "class A { ▮constructor() {} }", "n"],
    ["no name of V8's", "f(¶function▮(b){})", "", "▮function a(b) {}", "a"],
    ["what V8 says already", "exports.a=¶function▮(b){}", "exports.a", "▮function a(b) {}", "exports.a"],
    ["a private method", "class b{¶#n▮(c){}}", "#n", "class B {\n  ▮#a(c: number): void {} }", "#a"],
    ["the variable of an arrow", "let ¶n=▮b=>1", "n", "const ▮a = (b) => 1;", "a"],
    ["a default export", "function ¶n▮(b){}", "n", "export default function ▮(a) {}", "default"],
    ["a variable of a value", "let ¶n=f(▮b=>1)", "n", "const ▮a = f((b) => 1);", "n"],
    ["the object of a member", "¶n.a=function▮(b){}", "n.a", "▮own.a = function (b) {}", "own.a"],
    ["a place before other code", "¶f();function n▮(b){}", "n", "▮function other() {}", "n"],
    ["a callee", "f¶▮((b)=>1)", "n", "list.map▮((b) => 1)", "n"],
  ];
for (const [what, script, name, source, expected] of positioned) {
  Deno.test(`a function is called as in its source at the mapped place: ${what}`, () => {
    const bare = script.replace("¶", "").replace("▮", "");
    const before = source.slice(0, source.indexOf("▮")).split("\n");
    const segment = script.replace("▮", "").indexOf("¶");
    const map = mapOf([[[segment, 0, before.length - 1, before.at(-1)!.length]]], {
      sourcesContent: [source.replace("▮", "")],
    });
    const found = original(map, [name, 0, script.replace("¶", "").indexOf("▮")], { text: bare });
    assert.equal(found.slice(0, found.indexOf(" file:")), expected);
  });
}

Deno.test("the name of an index map's section is read in its own source", () => {
  const section = (line: number, source: string) => ({
    offset: { line, column: 0 },
    map: mapOf([[[0, 0, 0, 0]]], { sourcesContent: [source], sources: [`${line}.ts`] }),
  });
  const map = {
    version: 3,
    sections: [section(0, "function first() {}"), section(1, "function second() {}")],
  };
  const text = "function n(){}\nfunction n(){}\n";
  assert.match(original(map, ["n", 0, 10], { text }), /^first .*0\.ts:0:0$/);
  assert.match(original(map, ["n", 1, 10], { text }), /^second .*1\.ts:0:0$/);
});

Deno.test("an absolute source of a module that a bundler evaluates is a file", () => {
  const map = mapOf([[[0, 0, 3, 1]]], { sources: ["/srv/app/a b.ts"] });
  const frame = { name: "f", url: "webpack-internal:///./a.ts", line: 0, column: 0 };
  assert.equal(new ScriptMap(map, frame.url).originalOf(frame).url, "file:///srv/app/a%20b.ts");
});

Deno.test("a function that was put into the place of its call stands where it was written", () => {
  const map = mapOf([[[8, 0, 0, 7], [8, 1, 5, 2, 0]]], {
    sources: ["compute.ts", "route.ts"],
    sourcesContent: ["export function compute() {}", "\n\n\n\n\n  compute(30);"],
  });
  const text = "return!function(){}()";
  for (const at of [[[7, 0, 0, 7], [7, 1, 5, 2, 0]], [[7, 1, 5, 2, 0], [7, 0, 0, 7]]] as const) {
    const mappings = mapOf([at.map((it) => [...it] as SourceMapSegment)]);
    const found = original({ ...map, mappings: mappings["mappings"] }, ["", 0, 15], { text });
    assert.equal(found, "compute file:///srv/app/dist/compute.ts:0:7");
  }
});
