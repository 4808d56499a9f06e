/** `profsrv diff` on two runs with `--profiler heap`: it compares bytes. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, forms, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

/** `/grow` allocates 200 arrays in one function and so many more or fewer in another, `/same` 300 in a third. */
const SERVER = `
const http = require("node:http");
let last;
function grows() { for (let i = 0; i < +process.env.ARRAYS; i++) last = new Array(500).fill(i); }
function stays() { for (let i = 0; i < 200; i++) last = new Array(500).fill(i); }
function other() { for (let i = 0; i < 300; i++) last = new Array(500).fill(i); }
const routes = { "/grow": () => { grows(); stays(); }, "/same": other };
const server = http.createServer((request, response) => { routes[request.url](); response.end("ok"); });
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
`;
const REQUESTS = 120;
const ARRAYS = { before: 200, after: 300 };

// Node 18's heap profiles miss what was collected meanwhile.
const runtime = (await runtimes()).filter(({ kind, version }) =>
  kind === "node" && !version.startsWith("18.")
)
  .at(-1);

Deno.test(
  "two runs of bytes: the function that allocates more is named, in text, --json and --md, and the other way round",
  {
    ignore: runtime === undefined,
  },
  async () => {
    const root = mkdtempSync(join(tmpdir(), "diff-heap-"));
    try {
      writeFileSync(join(root, "server.cjs"), SERVER);
      for (const [name, arrays] of [...Object.entries(ARRAYS), ["again", ARRAYS.before] as const]) {
        await record(join(root, name), String(arrays));
      }
      const diff = (...args: string[]) =>
        new Started([...forms.executable, "diff", ...args], { cwd: root }).ended;

      const json = JSON.parse((await diff("before", "after", "--json")).stdout);
      assert.deepEqual([json.unit, json.common, json.before.profiler], ["bytes", 0, "heap"]);
      const [first] = json.functions;
      assert.deepEqual([first.function, first.verdict, first.route], ["grows", "more", "GET /grow"]);
      // An array has a head of 32 bytes, elements of 8 and their head of 16.
      const one = 500 * 8 + 48;
      const half = (bytes: number) => bytes / one * 2; // each route is half of the mix
      assert.ok(Math.abs(half(first.own.before) / ARRAYS.before - 1) < 0.15, JSON.stringify(first));
      assert.ok(Math.abs(half(first.own.after) / ARRAYS.after - 1) < 0.15, JSON.stringify(first));
      const verdicts = json.functions.slice(1).map((it: { verdict: string }) => it.verdict);
      assert.ok(verdicts.every((it: string) => it === "same"), JSON.stringify(json.functions));
      const route = (name: string) => json.routes.find((it: { route: string }) => it.route === name).alloc;
      assert.deepEqual([route("GET /grow").verdict, route("GET /same").verdict], ["more", "same"]);
      assert.ok(Math.abs(route("GET /grow").change - 0.25) < 0.08, JSON.stringify(route("GET /grow")));

      const { stdout: text, code } = await diff("before", "after");
      assert.equal(code, 0);
      assert.match(
        text,
        /^Allocates more: grows \(server\.cjs:4\), \d+ kB -> \d+ kB \(\+\d+\.\d %\) a request, most of it in GET \/grow\.$/m,
      );
      assert.match(
        text,
        /^Route that allocates more: GET \/grow, \d\.\d MB -> \d\.\d MB \(\+2\d\.\d %\) a request\.$/m,
      );
      assert.match(text, /^ +allocated +\S+ \S+ -> \S+ \S+ +\+\d+\.\d % +\+\d+\.\d to \+\d+\.\d % +more$/m);
      assert.match(text, /^function, allocated a request/m);
      const md = (await diff("before", "after", "--md")).stdout;
      assert.match(
        md,
        /^\| `grows` \| `\S+server\.cjs:4` \| \d+ kB -> \d+ kB \| \+\d+\.\d % \|.*\| more \|$/m,
      );
      assert.match(md, /^\| `GET \/grow` \| 120 -> 120 \| allocated \|.*\| more \|$/m);

      const back = JSON.parse((await diff("after", "before", "--json")).stdout);
      assert.deepEqual([back.functions.at(-1).function, back.functions.at(-1).verdict], ["grows", "less"]);
      const same = JSON.parse((await diff("before", "again", "--json")).stdout);
      assert.ok([...same.functions, ...same.routes.map((it: { alloc: unknown }) => it.alloc)]
        .every((it: { verdict: string }) => it.verdict === "same"));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);

async function record(directory: string, arrays: string): Promise<void> {
  // So many samples that chance moves sums by a few per cent only.
  const options = ["--quiet", "--profiler", "heap", "--heap-interval", "2048", "--prof-path", directory];
  const command = [runtime!.path, join(directory, "..", "server.cjs")];
  const started = new Started([...forms.executable, ...options, "--", ...command], {
    env: { ARRAYS: arrays },
  });
  const port = Number((await started.printed(/port (\d+)/))[1]);
  for (let i = 0; i < REQUESTS; i++) for (const path of ["/grow", "/same"]) await ask(port, path);
  started.kill("SIGTERM");
  await started.ended;
}
