/** `Deno.serve` in all its forms: one true profile per request, whoever else is in flight. */
import assert from "node:assert/strict";
import http from "node:http";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { certificate } from "../support/http2_client.ts";
import { checkLaws, samplesUnder, seenRun } from "../support/laws.ts";
import { type Answer, appPath, ask, askAll, profiled, type Run } from "../support/profiled.ts";
import { profiles } from "../support/compatibility.ts";
import { runtimes } from "../support/runtimes.ts";
import { assertOwnWork, profileOf } from "./deno_profiles.ts";

const denos = (await runtimes()).filter(({ kind }) => kind === "deno");
const entryOf = (run: Run, path: string) => run.index.find((it) => it.path === path)!;
interface Form {
  readonly name: string;
  /** How its clients connect. */
  readonly client?: http.RequestOptions;
}

const socketPath = join(tmpdir(), `profsrv-test-${process.pid}.sock`);

const forms: Record<string, Form> = {
  "options, handler": { name: "Deno.serve(options, handler)" },
  "handler inside": { name: "Deno.serve({ handler })" },
  "onError": { name: "onError" },
  "unix": { name: "unix sockets", client: { socketPath } },
  "tls": { name: "TLS", client: { protocol: "https:", ca: certificate } as http.RequestOptions },
};

for (const runtime of denos) {
  const { version, path } = runtime;
  for (const [form, { name, client }] of Object.entries(forms)) {
    profiles({ group: "Deno.serve", name }, runtime, async () => {
      const paths = Array.from({ length: 48 }, (_, i) => i % 2 === 0 ? `/slow/${i}` : `/fast/${i}`);
      let answers: Answer[] = [];
      await rm(socketPath, { force: true });
      const run = await profiled(
        [path, "run", "-A", appPath("deno_serve.ts"), form, socketPath],
        async (started) => {
          const port = Number((await started.printed(/port (\d+)/))[1]);
          answers = await askAll(port, paths, 16, client);
          assert.equal((await ask(port, "/fail?why=test", client)).status, 500);
          assert.equal((await ask(port, "/throw", client)).status, form === "onError" ? 503 : 500);
          started.kill("SIGTERM");
        },
      );
      await rm(socketPath, { force: true });
      assert.deepEqual([run.code, run.signal], [0, null], run.stderr);
      checkLaws(run);
      assert.equal(run.index.length, paths.length + 2);
      paths.forEach((path, i) => {
        const entry = entryOf(run, path);
        assert.equal(entry.status, 200);
        assert.equal(entry.bytes, answers[i]!.body.length);
        assert.equal(entry.outcome, "finished");
        assert.equal(entry.route, path.startsWith("/slow") ? "/slow/:id" : "/fast/:id");
      });
      assertOwnWork(run, paths);
      assert.equal(entryOf(run, "/fail").url, "/fail?why=test");
      assert.equal(entryOf(run, "/throw").status, form === "onError" ? 503 : 500);
    });
  }

  profiles({ group: "Deno.serve", name: "streamed bodies, until they are out" }, runtime, async () => {
    const make = () =>
      profiled([path, "run", "-A", appPath("deno_serve.ts")], async (started) => {
        const port = Number((await started.printed(/port (\d+)/))[1]);
        assert.equal((await ask(port, "/stream")).body.length, 4);
        assert.equal(
          (await ask(port, "/body", { method: "POST", body: "x".repeat(1000) })).body.length,
          1000,
        );
        started.kill("SIGTERM");
      });
    const streamed = (run: Run) => samplesUnder(profileOf(run, "/stream"), "streamWork");
    const run = await seenRun(make, "the work of a streamed body", (run) => streamed(run) > 0);
    const entry = entryOf(run, "/stream");
    assert.equal(entry.outcome, "finished");
    assert.ok(entry.duration >= 35, `its four parts take 40 ms, it took ${entry.duration}`);
    assert.ok(entry.cpu >= 18, `its four parts compute for 20 ms, it has ${entry.cpu}`);
    assert.ok(streamed(run) > 0);
    assert.equal(entryOf(run, "/body").bytes, 1000);
  });

  Deno.test(`a request that the client gives up is aborted, on deno ${version}`, async () => {
    // From 2.9 on asking would print a warning of Deno's: there it counts as answered when the handler answers.
    const isTold = Number(version.split(".")[1]) < 9;
    const run = await profiled([path, "run", "-A", appPath("deno_serve.ts")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await giveUp(port, "/drip", (request) => new Promise((resolve) => request.on("response", resolve)));
      await giveUp(port, "/hang", () => started.printed(/hanging/));
      // It is told while the handler still works on it.
      if (isTold) await started.printed(/"GET \/hang/, "stderr");
      await ask(port, "/release");
      started.kill("SIGTERM");
    });
    checkLaws(run);
    assert.equal(entryOf(run, "/hang").outcome, isTold ? "aborted" : "finished");
    assert.equal(entryOf(run, "/drip").outcome, "aborted");
    assert.equal(entryOf(run, "/release").outcome, "finished");
  });
}

for (const { version, path } of denos) {
  Deno.test(`a handler without parameters is profiled, and nothing is printed for it, on deno ${version}`, async () => {
    const run = await profiled([path, "run", "-A", appPath("deno_plain.ts")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (const name of ["/a", "/b", "/c"]) assert.equal((await ask(port, name)).body, "plain");
      started.kill("SIGTERM");
    }, { options: ["--quiet"] });
    checkLaws(run);
    assert.deepEqual(run.index.map(({ path }) => path), ["/a", "/b", "/c"]);
    assert.deepEqual([run.signal, run.stderr], ["SIGTERM", ""]);
  });
}

/** Sends a request and goes away when `when` says so. */
async function giveUp(
  port: number,
  path: string,
  when: (request: http.ClientRequest) => Promise<unknown>,
): Promise<void> {
  const request = http.get({ host: "127.0.0.1", port, path });
  request.on("error", () => {});
  const isClosed = new Promise<void>((resolve) => request.on("close", () => resolve()));
  await when(request);
  request.destroy();
  await isClosed;
}
