import assert from "node:assert/strict";
import { decodeWindow } from "../../src/profile/decode_v8.ts";
import { ScriptUrls } from "../../src/profile/script_urls.ts";
import type { V8Profile, V8ProfileNode } from "../../src/profile/v8.ts";

/** The urls that functions have in a window; each is `function script url`. */
function urlsIn(urls: ScriptUrls, ...functions: readonly string[]): string[] {
  const nodes = functions.map((it, i): V8ProfileNode => {
    const [functionName = "", scriptId = "", url = ""] = it.split(" ");
    return { id: i + 2, callFrame: { functionName, scriptId, url, lineNumber: 0, columnNumber: 0 } };
  });
  const callFrame = { functionName: "(root)", scriptId: "0", url: "", lineNumber: -1, columnNumber: -1 };
  const root: V8ProfileNode = { id: 1, callFrame, children: nodes.map(({ id }) => id) };
  const profile: V8Profile = {
    nodes: [root, ...nodes],
    startTime: 0,
    endTime: 9,
    samples: [],
    timeDeltas: [],
  };
  return decodeWindow(profile, [], { urls }).profile.frames.map(({ name, url }) => `${name} ${url}`);
}

Deno.test("a script that V8 has named once keeps its url in the windows that leave it out", () => {
  const urls = new ScriptUrls();
  assert.deepEqual(urlsIn(urls, "burn 7 /app/burn.ts"), ["burn /app/burn.ts"]);
  assert.deepEqual(urlsIn(urls, "burn 7", "other 8"), ["burn /app/burn.ts", "other "]);
  assert.deepEqual(urlsIn(urls, "burn 7 /app/burn.ts", "other 8 /app/other.ts"), [
    "burn /app/burn.ts",
    "other /app/other.ts",
  ]);
});

Deno.test("a url in the same window is enough, wherever it stands", () => {
  assert.deepEqual(urlsIn(new ScriptUrls(), "burn 7", "load 7 /app/burn.ts"), [
    "burn /app/burn.ts",
    "load /app/burn.ts",
  ]);
});

Deno.test("what belongs to no script never gets a url", () => {
  assert.deepEqual(urlsIn(new ScriptUrls(), "odd 0 /app/burn.ts", "(idle) 0"), [
    "odd /app/burn.ts",
    "(idle) ",
  ]);
});
