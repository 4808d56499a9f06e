/** Every kind of server on every Node: one true profile per request, whoever else is in flight. */
import assert from "node:assert/strict";
import { checkLaws, type CpuProfile, samplesUnder } from "../support/laws.ts";
import { type Answer, appPath, ask, askAll, contentOf, profiled } from "../support/profiled.ts";
import type { Row } from "../../build/compatibility.ts";
import { askTogether } from "../support/http2_client.ts";
import { absent, profiles } from "../support/compatibility.ts";
import { runtimes } from "../support/runtimes.ts";

interface Server {
  readonly app: string;
  readonly args?: readonly string[];
  readonly row: Row;
  /** The oldest Node it supports; left out where it is for Deno. */
  readonly since?: number;
  readonly route: string;
  /** Whether Deno has it. */
  readonly onDeno?: boolean;
  /** HTTP/2: all requests are in flight at once, on one connection. */
  readonly http?: "2";
  readonly secure?: boolean;
}

const servers: readonly Server[] = [
  {
    app: "http_cjs.cjs",
    row: { group: "Servers", name: "node:http, CommonJS" },
    since: 18,
    route: "/slow/:id",
  },
  {
    app: "http_esm.mjs",
    row: { group: "Servers", name: "node:http, ES modules" },
    since: 18,
    route: "/slow/:id",
  },
  { app: "express.mjs", row: { group: "Frameworks", name: "Express 5" }, since: 18, route: "/slow/:id" },
  { app: "fastify.mjs", row: { group: "Frameworks", name: "Fastify 5" }, since: 20, route: "/slow/:id" },
  { app: "koa.mjs", row: { group: "Frameworks", name: "Koa 3" }, since: 18, route: "/slow/:id" },
  {
    app: "deno_hono.ts",
    row: { group: "Frameworks", name: "Hono 4 on Deno.serve" },
    route: "/slow/:id",
  },
  {
    app: "deno_oak.ts",
    row: { group: "Frameworks", name: "Oak 14 from npm, on node:http" },
    route: "/slow/:id",
  },
  {
    app: "deno_oak.ts",
    args: ["native"],
    row: { group: "Frameworks", name: "Oak 14 on Deno.serve" },
    route: "/slow/:id",
  },
  ...(["request", "stream", "secure"] as const).map((kind) => ({
    app: "http2.mjs",
    args: [kind],
    row: { group: "Protocols", name: `node:http2 (${kind})` } as const,
    since: 18,
    route: "/slow/:id",
    onDeno: false,
    http: "2" as const,
    secure: kind === "secure",
  })),
];

for (const runtime of await runtimes()) {
  const { kind, version, path } = runtime;
  for (const { app, args = [], row, since, route, onDeno, http = "1.1", secure = false } of servers) {
    if (kind === "deno" && onDeno === false) continue;
    if (kind === "node" && Number.parseInt(version) < (since ?? Infinity)) {
      absent(row, runtime);
      continue;
    }
    profiles(row, runtime, async () => {
      const paths = Array.from({ length: 48 }, (_, i) => i % 2 === 0 ? `/slow/${i}` : `/fast/${i}`);
      let answers: Answer[] = [];
      const run = await profiled(
        [path, ...(kind === "deno" ? ["run", "-A"] : []), appPath(app), ...args],
        async (started) => {
          const port = Number((await started.printed(/port (\d+)/))[1]);
          if (http === "2") answers = await askTogether(port, [...paths, "/fail?why=test"], { secure });
          else answers = [...await askAll(port, paths, 16), await ask(port, "/fail?why=test")];
          assert.equal(answers.at(-1)!.status, 500);
          started.kill("SIGTERM");
        },
      );
      assert.deepEqual([run.code, run.signal], [0, null], run.stderr);
      checkLaws(run);
      assert.equal(run.index.length, paths.length + 1);
      let right = 0;
      let wrong = 0;
      let unseen = 0;
      paths.forEach((path, i) => {
        const entry = run.index.find(({ url }) => url === path)!;
        const answer = answers[i]!;
        assert.equal(entry.status, 200);
        assert.equal(entry.http, http);
        // Deno 2.5 does not tell how much went over a connection: without a declared length there is no count.
        if (!version.startsWith("2.5.") || entry.bytes > 0) {
          assert.equal(entry.bytes, Buffer.byteLength(answer.body));
        }
        assert.equal(entry.outcome, "finished");
        assert.equal(entry.route, path.startsWith("/slow") ? route : "/fast/:id");
        assert.equal(entry.files.length, 1);
        const profile = JSON.parse(contentOf(run, entry.files[0]!)) as CpuProfile;
        const [own, foreign] = path.startsWith("/slow") ? ["slowWork", "fastWork"] : ["fastWork", "slowWork"];
        right += samplesUnder(profile, own!);
        wrong += samplesUnder(profile, foreign!);
        if (own === "slowWork" && samplesUnder(profile, own) === 0) unseen++;
      });
      // One may be taken just when the event loop turns from one request to another.
      assert.ok(
        wrong <= Math.max(1, 0.002 * (right + wrong)),
        `${wrong} samples in a wrong request, ${right} in the right one`,
      );
      // A busy machine may not let V8's sampler run for the 30 ms that one takes.
      assert.ok(unseen <= 2, `${unseen} profiles do not show the work of their request`);
      assert.ok(right > 100, `${right} samples`);
      const fail = run.index.find(({ path }) => path === "/fail")!;
      assert.equal(fail.status, 500);
      assert.equal(fail.url, "/fail?why=test");
    });
  }
}
