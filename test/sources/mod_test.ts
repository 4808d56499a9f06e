import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { emittedFile } from "../../src/sources/deno_cache.ts";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";
import { specialFiles } from "../support/special_files.ts";

const windows = process.platform === "win32";

/** Maps line 1, column 1 and on, to line 3 of the source. */
const mapped = (source: string, sourceRoot?: string) =>
  JSON.stringify({ version: 3, sources: [source], names: [], mappings: "CAGA", sourceRoot });
const inline = (map: string) => `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
const script = (url: string) => `function f(){}\n//# sourceMappingURL=${url}\n`;

/** A directory with these files; `at` says where `f` of a script is from, and `said` is what was said of maps. */
async function withFiles(
  files: Record<string, string>,
  use: (it: {
    at(file: string, isDeno?: boolean): string;
    /** The name that a function without one gets. */
    nameless(file: string): string;
    tell(file: string, map: string): void;
    put(file: string, text: string): Promise<void>;
    anew(): void;
    readonly said: string[];
    readonly root: string;
  }) => void | Promise<void>,
): Promise<void> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "profsrv sources ")));
  const url = (file: string) => {
    const [path = "", query] = file.split("?");
    if (/^(?:https?|node):/.test(path)) return file;
    return pathToFileURL(join(root, path)).href + (query === undefined ? "" : `?${query}`);
  };
  const said: string[] = [];
  const put = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  const sources = new Sources({
    denoDirectory: join(root, "deno"),
    onDebug: (text) => said.push(text.replaceAll(root, "")),
  });
  let it = new ProcessSources(sources);
  try {
    for (const [file, text] of Object.entries(files)) await put(file, text);
    await use({
      at(file, isDeno = false) {
        it.isDeno = isDeno;
        const frame = { name: "f", url: url(file), line: 0, column: 10 };
        const original = it.originalOf(frame);
        return original === frame ? "the same" : `${original.url.replace(url(""), "")}:${original.line}`;
      },
      nameless: (file) => it.originalOf({ name: "", url: url(file), line: 0, column: 10 }).name,
      tell: (file, map) => it.tell(url(file), JSON.parse(map)),
      put,
      anew: () => it = new ProcessSources(sources),
      said,
      root,
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const good: readonly [what: string, files: Record<string, string>, expected: string][] = [
  ["an external map", { "dist/a.js": script("a.js.map"), "dist/a.js.map": mapped("../a.ts") }, "/a.ts:3"],
  ["an inline map", { "dist/a.js": script(inline(mapped("../a.ts"))) }, "/a.ts:3"],
  [
    "a map elsewhere",
    { "dist/a.js": script("../maps/a%20b.map"), "maps/a b.map": mapped("s/a.ts") },
    "/maps/s/a.ts:3",
  ],
  [
    "a map with a root",
    { "dist/a.js": script("a.js.map"), "dist/a.js.map": mapped("a.ts", "../src") },
    "/src/a.ts:3",
  ],
  [
    "an index map",
    {
      "dist/a.js": script("a.js.map"),
      "dist/a.js.map": `{"version":3,"sections":[{"offset":{"line":0,"column":4},"map":${
        mapped("../a.ts")
      }}]}`,
    },
    "/a.ts:3",
  ],
  [
    "a map behind a guard",
    { "dist/a.js": script("a.map"), "dist/a.map": `)]}'\n${mapped("a.ts")}` },
    "/dist/a.ts:3",
  ],
];
for (const [what, files, expected] of good) {
  Deno.test(`originals are found through ${what}`, () =>
    withFiles(files, ({ at, said }) => {
      assert.deepEqual([at("dist/a.js"), said], [expected, []]);
      assert.equal(at("dist/a.js?v=2"), expected, "also when a module was imported anew");
    }));
}

/** Maps the first line, wherever, to line 3 of the source. */
const first = (source: string, own: object = {}) =>
  JSON.stringify({ version: 3, sources: [source], names: [], mappings: "AAGA", ...own });
/** A text whose third line says where its own map is. */
const made = (url: string) => `\n\n\nfunction g() {}\n//# sourceMappingURL=${url}\n`;
/** Maps line 3 to line 7. */
const again = (source: string) =>
  JSON.stringify({ version: 3, sources: [source], names: [], mappings: ";;;AAOA" });

const chains: readonly [what: string, files: Record<string, string>, expected: string][] = [
  [
    "maps on disk",
    {
      "dist/a.js": script("a.js.map"),
      "dist/a.js.map": first("../lib/b.js"),
      "lib/b.js": made("b.js.map"),
      "lib/b.js.map": again("../src/c.ts"),
    },
    "/src/c.ts:7",
  ],
  [
    "texts and maps in maps",
    { "dist/a.js": script(inline(first("../b.js", { sourcesContent: [made(inline(again("src/c.ts")))] }))) },
    "/src/c.ts:7",
  ],
  [
    "index maps",
    {
      "dist/a.js": script("a.map"),
      "dist/a.map": `{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":${first("../b.js")}}]}`,
      "b.js": made("b.map"),
      "b.map": `{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":${again("src/c.ts")}}]}`,
    },
    "/src/c.ts:7",
  ],
  [
    "a map that is not there",
    { "dist/a.js": script(inline(first("../b.js"))), "b.js": made("b.map") },
    "/b.js:3",
  ],
  [
    "a script that was made of itself",
    { "dist/a.js": script(inline(first("a.js"))) },
    "/dist/a.js:3",
  ],
  [
    "two scripts that were made of each other",
    { "a.js": script(inline(first("b.js"))), "b.js": made(inline(again("a.js"))) },
    "/a.js:7",
  ],
];
for (const [what, files, expected] of chains) {
  Deno.test(`originals are found to the end of the chain: ${what}`, () =>
    withFiles(files, ({ at }) => {
      assert.equal(at("a.js" in files ? "a.js" : "dist/a.js"), expected);
    }));
}

const bad: readonly [what: string, files: Record<string, string>, said: RegExp | undefined][] = [
  ["no map", { "dist/a.js": "function f(){}" }, undefined],
  ["no script", {}, undefined],
  ["a directory", { "dist/a.js/b": "" }, undefined],
  ["a missing map", { "dist/a.js": script("a.js.map") }, /"\/dist\/a\.js": ENOENT/],
  ["broken JSON", { "dist/a.js": script("a.js.map"), "dist/a.js.map": "{" }, /"\/dist\/a\.js": .*JSON/],
  [
    "a broken inline map",
    { "dist/a.js": script("data:application/json;base64,QUJD") },
    /"\/dist\/a\.js": .*JSON/,
  ],
  [
    "broken mappings",
    { "dist/a.js": script("a.map"), "dist/a.map": mapped("a").replace("CAGA", "#") },
    undefined,
  ],
  [
    "another version",
    { "dist/a.js": script("a.map"), "dist/a.map": '{"version":2}' },
    /"\/dist\/a\.js": its version is 2, expected 3/,
  ],
  [
    "a map on the network",
    { "dist/a.js": script("https://example.org/a.map") },
    /not on this machine, but at https:/,
  ],
  [
    "a map on another machine",
    { "dist/a.js": script("file://host/share/a.map") },
    /not on this machine, but at file:\/\/host\/share\/a\.map/,
  ],
  [
    "a map on another machine, by a short url",
    { "dist/a.js": script("//host/share/a.map") },
    /not on this machine, but at file:\/\/host\/share\/a\.map/,
  ],
  ["a device", { "dist/a.js": script("/dev/zero") }, /it is a device, not a file/],
  ["no url", { "dist/a.js": script("http://[") }, /"\/dist\/a\.js": /],
];
for (const [what, files, expected] of bad) {
  Deno.test(`a function stays where it is, and at most one word is said: ${what}`, () =>
    withFiles(files, ({ at, said, anew }) => {
      for (let i = 0; i < 3; i++) assert.equal(at("dist/a.js"), "the same");
      anew();
      assert.equal(at("dist/a.js"), "the same");
      if (expected === undefined) assert.deepEqual(said, []);
      else {
        assert.equal(said.length, 1);
        assert.match(said[0]!, expected);
      }
    }));
}

Deno.test("the runtime's own modules and those of the network are not looked for", () =>
  withFiles({}, ({ at, said }) => {
    for (const url of ["node:fs", "https://example.org/a.js"]) assert.equal(at(url), "the same");
    assert.deepEqual(said, []);
  }));

Deno.test("a map that was told goes before the one on disk, in its process only", () =>
  withFiles({ "a.ts": script(inline(mapped("disk.ts"))) }, ({ at, tell, anew }) => {
    tell("a.ts", mapped("a.ts"));
    assert.equal(at("a.ts"), "/a.ts:3");
    anew();
    assert.equal(at("a.ts"), "/disk.ts:3");
  }));

Deno.test("a told map that cannot be used costs a word", () =>
  withFiles({}, ({ at, tell, said }) => {
    tell("a.ts", '{"version":1}');
    assert.equal(at("a.ts"), "the same");
    assert.match(said.join(), /its version is 1/);
  }));

Deno.test("what Deno made of a module is found in its cache, for Deno only", () =>
  withFiles({ "a.ts": "" }, async ({ at, put, anew, root }) => {
    const emitted = emittedFile(pathToFileURL(join(root, "a.ts")).href)!;
    await put(`deno/${emitted}`, script(inline(mapped("a.ts"))));
    assert.equal(at("a.ts", false), "/a.ts:-1");
    anew();
    assert.equal(at("a.ts", true), "/a.ts:3");
  }));

Deno.test("a script that is built anew has its new map in a new process", () =>
  withFiles({ "a.js": script(inline(mapped("old.ts"))) }, async ({ at, put, anew }) => {
    assert.equal(at("a.js"), "/old.ts:3");
    await put("a.js", script(inline(mapped("newer.ts"))));
    assert.equal(at("a.js"), "/old.ts:3", "what runs is still the old one");
    anew();
    assert.equal(at("a.js"), "/newer.ts:3");
  }));

for (const { what, make } of specialFiles.filter(({ what }) => what !== "a link to a file")) {
  Deno.test(
    `a function stays where it is, at once, where a map or script is ${what}`,
    { ignore: windows },
    () =>
      withFiles({ "dist/a.js": script("a.map"), "dist/x": "" }, async ({ at, root, anew }) => {
        const closers = [await make(join(root, "dist", "a.map"), join(root, "dist", "x"))];
        assert.equal(at("dist/a.js"), "the same");
        anew();
        closers.push(await make(join(root, "dist", "b.js"), join(root, "dist", "x")));
        assert.equal(at("dist/b.js"), "the same");
        closers.push(await make(join(root, "deno"), join(root, "dist", "x")));
        assert.equal(at("dist/a.js", true), "the same");
        for (const close of closers) close?.();
      }),
  );
}

Deno.test(
  "a source that is a FIFO is not waited for",
  { ignore: windows },
  () =>
    withFiles({ "dist/a.js": script(inline(mapped("../a.ts"))) }, ({ at, root, nameless }) => {
      specialFiles[0]!.make(join(root, "a.ts"), "");
      assert.equal(nameless("dist/a.js"), "");
      assert.equal(at("dist/a.js"), "/a.ts:3");
    }),
);

Deno.test(
  "an application made of links has its maps",
  { ignore: windows },
  () =>
    withFiles(
      { "real/a.js": script("a.map"), "real/b.map": mapped("../a.ts"), "dist/x": "" },
      async ({ at, root }) => {
        await symlink(join(root, "real", "a.js"), join(root, "dist", "a.js"));
        await symlink(join(root, "real", "b.map"), join(root, "dist", "a.map"));
        assert.equal(at("dist/a.js"), "/a.ts:3");
      },
    ),
);

Deno.test("what a bundler calls by a url of its own is the file that has the same text", () => {
  const map = (text: string) => first("webpack://app/./src/a.ts", { sourcesContent: [text] });
  const files = { "dist/a.js": script("a.map"), "dist/a.map": map("\n\n\nf"), "src/a.ts": "\n\n\nf" };
  return withFiles(files, async ({ at, put, anew }) => {
    assert.equal(at("dist/a.js"), "/src/a.ts:3");
    await put("dist/b.js", script("b.map"));
    await put("dist/b.map", map("\n\n\ng"));
    anew();
    assert.equal(at("dist/b.js"), "webpack://app/src/a.ts:3", "it was changed since");
  });
});
