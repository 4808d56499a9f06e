import assert from "node:assert/strict";
import { hottest } from "../../src/profile/hot.ts";
import { isOwnCode } from "../../src/profile/own_code.ts";
import { fromFolded } from "../support/folded.ts";

const LIB = "file:///app/node_modules/lib/i.js";

/** A profile, and its hottest function with the time. */
const table: [about: string, folded: string, name: string | undefined, time?: number][] = [
  ["the function that ran longest itself", "a 10\na;b 30\nc 20", "b", 30],
  ["time of one function in several stacks adds up", "a;f 20\nb;f 20\nc 30", "f", 40],
  [
    "libraries and the runtime count for the innermost own function",
    `a 10\na;b 5\na;b;x@${LIB} 4\na;b;x@${LIB};y@node:fs 9`,
    "b",
    18,
  ],
  ["an own function called back by libraries", `a;x@${LIB};y@${LIB};b 30\na 20`, "b", 30],
  ["the garbage collector counts for who ran", "a 10\nb 8\nb;(garbage collector) 8", "b", 16],
  ["what no sample saw is no function", "(unsampled) 90\na 10", "a", 10],
  ["own code wins over libraries, however short", `x@${LIB} 90\na 10`, "a", 10],
  ["without own code the innermost of all", `x@${LIB};y@node:fs 60\nx@${LIB} 40`, "y", 60],
  ["one sample that stands for a long gap does not outvote many", "a 90\nb 10\nb 10\nb 10\nb 10", "b", 40],
  ["without any function there is none", "(program) 5\n(unsampled) 5", undefined],
  ["no samples, no function", "- 5", undefined],
];

for (const [about, folded, name, time] of table) {
  Deno.test(`hottest: ${about}`, () => {
    const found = hottest(fromFolded(folded));
    assert.deepEqual([found?.frame.name, found?.time], [name, time]);
  });
}

Deno.test("own code is told from libraries, the runtime and caches", () => {
  const isOwn = (url: string) => isOwnCode({ name: "f", url, line: 0, column: 0 });
  const own = [
    "file:///home/me/app/src/server.ts",
    "/home/me/my_node_modules/x.js",
    "C:/app/server.js",
    "webpack-internal:///(rsc)/./app/page.js",
    "webpack://shop/./src/cart.ts",
    "evalmachine.<anonymous>",
    "file:///home/deno/app/main.ts",
  ];
  const others = [
    "",
    "node:internal/timers",
    "ext:core/01_core.js",
    "file:///app/node_modules/express/lib/router.js",
    "C:\\app\\node_modules\\x.js",
    "webpack://shop/./node_modules/react/index.js",
    "webpack://shop/webpack/bootstrap",
    "node_modules/x.js",
    "https://deno.land/std/http.ts",
    "npm:chalk",
    "file:///root/.cache/deno/npm/registry.npmjs.org/chalk/5.0.0/source/index.js",
    "/home/me/app/.yarn/cache/x.zip/x.js",
    "/home/me/app/.pnp.cjs",
  ];
  assert.deepEqual([own.filter((it) => !isOwn(it)), others.filter(isOwn)], [[], []]);
});
