import assert from "node:assert/strict";
import { denoDirectory, emittedFile } from "../../src/sources/deno_cache.ts";

const directories: readonly [
  env: Record<string, string>,
  platform: NodeJS.Platform,
  directory: string | undefined,
][] = [
  [{ DENO_DIR: "/deno", XDG_CACHE_HOME: "/cache" }, "linux", "/deno"],
  [{ DENO_DIR: "", XDG_CACHE_HOME: "/cache" }, "linux", "/cache/deno"],
  [{}, "linux", "/home/me/.cache/deno"],
  [{}, "darwin", "/home/me/Library/Caches/deno"],
  [{ LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local" }, "win32", "C:\\Users\\me\\AppData\\Local\\deno"],
  [{}, "win32", undefined],
];
for (const [env, platform, directory] of directories) {
  Deno.test(`Deno's directory on ${platform} with ${JSON.stringify(env)}`, () => {
    assert.equal(denoDirectory(env, platform, "/home/me"), directory);
  });
}

const files: readonly [url: string, file: string | undefined][] = [
  ["file:///srv/a.ts", "gen/file/srv/a.ts.js"],
  ["file:///my%20srv/a.tsx", "gen/file/my srv/a.tsx.js"],
  ["file:///C:/srv/a.ts", "gen/file/C/srv/a.ts.js"],
  [
    "http://127.0.0.1:18766/work.ts",
    "gen/http/127.0.0.1_PORT18766/b8ddc123a49a7e103526b599c22dce6c6e8f99406a09553f7acecea186667e1e.js",
  ],
  ["data:text/typescript,1", undefined],
  ["ext:core/a.js", undefined],
  ["node:fs", undefined],
  ["", undefined],
];
for (const [url, file] of files) {
  Deno.test(`Deno keeps what it made of "${url}" in ${file ?? "no file"}`, () => {
    assert.equal(emittedFile(url), file);
  });
}
