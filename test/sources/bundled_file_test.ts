import assert from "node:assert/strict";
import { join } from "node:path";
import { bundledFiles } from "../../src/sources/bundled_file.ts";

const map = join("/", "srv", "app", "dist", "a.js.map");
const meant: readonly [source: string, path: string][] = [
  ["webpack://app/./src/a.ts", "/srv/app/src/a.ts"],
  ["webpack:///./src/a.ts?1f3b", "/srv/app/src/a.ts"],
  ["webpack://@scope/app/./src/a.ts", "/srv/app/src/a.ts"],
  ["turbopack:///[project]/src/a.ts", "/srv/app/src/a.ts"],
  ["turbopack://[project]/packages/b/a.ts", "/srv/packages/b/a.ts"],
];
for (const [source, path] of meant) {
  Deno.test(`${source} may be ${path}`, () => {
    assert.ok([...bundledFiles(source, map)].includes(join(...path.split("/").map((it) => it || "/"))));
  });
}

for (const source of ["file:///a.ts", "https://a.example/a.ts", "/a.ts", "a.ts", "webpack://app/../a.ts"]) {
  Deno.test(`${source} is looked for nowhere else`, () =>
    assert.deepEqual([...bundledFiles(source, map)], []));
}
