import assert from "node:assert/strict";
import { functionShares } from "../../src/analysis/function_shares.ts";
import { sameFunctions } from "../../src/analysis/same_functions.ts";
import type { Frame } from "../../src/profile/model.ts";
import { fromFolded } from "../support/folded.ts";

function shares(folded: string): Record<string, [number, number, number]> {
  return Object.fromEntries(
    functionShares(fromFolded(folded)).map(({ frame, self, total, own }) => [frame.name, [self, total, own]]),
  );
}

Deno.test("a library's time is also that of the application's function which called it; recursion counts once", () => {
  assert.deepEqual(
    shares(`
      handle;login;pbkdf2@node:internal/crypto/pbkdf2 50
      handle;login 10
      handle;walk;walk;walk 20
      (garbage collector) 20
    `),
    {
      handle: [0, 0.8, 0],
      login: [0.1, 0.6, 0.6],
      pbkdf2: [0.5, 0.5, 0],
      walk: [0.2, 0.2, 0.2],
      "(garbage collector)": [0.2, 0.2, 0.2],
    },
  );
});

Deno.test("what computes as the application does is not the runtime's own time, in whatever file Node or Deno has it", () => {
  const runtimeOf = (url: string) =>
    functionShares(fromFolded(`login;f@${url} 10`)).find(({ frame }) => frame.name === "login")!.runtime;
  const computing = [
    "node:crypto",
    "node:internal/crypto/hash",
    "node:zlib",
    "node:buffer",
    "node:internal/util/inspect",
    "ext:deno_crypto/00_crypto.js",
    "ext:deno_node/internal/crypto/pbkdf2.ts",
    "ext:deno_node/internal_binding/buffer.ts",
    "ext:deno_node/internal/buffer.mjs",
    "ext:deno_node/_zlib_binding.mjs",
    "ext:deno_node/zlib.js",
    "ext:deno_node/querystring.js",
    "ext:deno_web/00_url.js",
    "ext:deno_url/00_url.js",
    "/srv/app.js",
  ];
  for (const url of computing) assert.equal(runtimeOf(url), 0, url);
  const runtime = [
    "node:net",
    "node:internal/stream_base_commons",
    "node:internal/fs/utils",
    "ext:deno_node/_http_server.ts",
    "ext:deno_node/internal/streams/utils.js",
    "ext:deno_node/internal_binding/_utils.ts",
    "ext:deno_web/02_timers.js",
    "ext:deno_http/00_serve.ts",
    "ext:core/01_core.js",
  ];
  for (const url of runtime) assert.equal(runtimeOf(url), 1, url);
});

Deno.test("what no sample saw is spread over what samples saw, and of nothing there is no share", () => {
  assert.deepEqual(shares("a 30\n(unsampled) 70"), { a: [1, 1, 1] });
  assert.deepEqual(shares("(unsampled) 70"), {});
  assert.deepEqual(shares("- 70"), {});
});

const at = (name: string, url: string, line: number): Frame => ({ name, url, line, column: 0 });

/** Which functions of the two runs are one. */
function pairs(before: Frame[], after: Frame[]): string[] {
  const same = sameFunctions(before, after);
  assert.ok(same.frames.every((frame) => frame !== undefined));
  return before.flatMap((a, i) =>
    after.flatMap((b, j) =>
      same.before[i] === same.after[j] ? [`${a.name}:${a.line}=${b.name}:${b.line}`] : []
    )
  );
}

Deno.test("a function is the same on another line, and in another checkout", () => {
  assert.deepEqual(pairs([at("f", "file:///a/s.js", 3)], [at("f", "file:///a/s.js", 9)]), ["f:3=f:9"]);
  assert.deepEqual(
    pairs(
      [
        at("f", "file:///ci/1/src/index.js", 3),
        at("g", "file:///ci/1/lib/index.js", 4),
        at("h", "node:fs", 1),
      ],
      [
        at("g", "file:///ci/2/lib/index.js", 4),
        at("f", "file:///ci/2/src/index.js", 3),
        at("h", "node:fs", 1),
      ],
    ),
    ["f:3=f:3", "g:4=g:4", "h:1=h:1"],
  );
});

Deno.test("two files that could both be the other checkout's are neither", () => {
  assert.deepEqual(
    pairs([at("f", "file:///x/index.js", 1)], [
      at("f", "file:///a/index.js", 1),
      at("f", "file:///b/index.js", 1),
    ]),
    [],
  );
});

Deno.test("of functions without a name those in one place are the same, the others are counted as one", () => {
  const file = "file:///a.js";
  assert.deepEqual(pairs([at("", file, 1), at("", file, 5)], [at("", file, 5), at("", file, 1)]), [
    ":1=:1",
    ":5=:5",
  ]);
  assert.deepEqual(pairs([at("", file, 1), at("", file, 5)], [at("", file, 1), at("", file, 7)]), [
    ":1=:1",
    ":5=:7",
  ]);
  assert.deepEqual(pairs([at("f", file, 1)], [at("g", file, 1)]), []);
});
