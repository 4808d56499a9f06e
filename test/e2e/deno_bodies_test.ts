/** What is told of a request of `Deno.serve` that is answered with a body of any kind, or not at all. */
import assert from "node:assert/strict";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, profiled } from "../support/profiled.ts";
import { head, RawClient } from "../support/raw_client.ts";
import { runtimes } from "../support/runtimes.ts";

const KINDS = ["string", "bytes", "buffer", "blob", "ready", "tee", "later", "transformed", "bytesource"];
const SIZES = [0, 1, 15, 254, 4095, 70_000];

/** Asks, hears the given, and is gone. */
async function leave(port: number, path: string, until: RegExp): Promise<void> {
  const client = new RawClient(port);
  client.say(head(`GET ${path}`));
  await client.hears(until);
  client.socket.destroy();
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "deno") continue;
  Deno.test(`outcome, status and size of bodies are told on deno ${version}`, async () => {
    const paths = KINDS.flatMap((kind) => SIZES.map((size) => `/${kind}/${size}`));
    const run = await profiled([path, "run", "-A", appPath("deno_bodies.ts")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (const path of paths) {
        const { body } = await ask(port, path);
        assert.equal(body.length, Number(path.split("/")[2]), path);
      }
      await ask(port, "/later/3000", { method: "HEAD" });
      await leave(port, "/endless/1", /\r\n\r\n[^]*\0{100}/);
      await ask(port, "/failing/2000").catch(() => {});
      assert.equal((await ask(port, "/throw")).status, 500);
      void ask(port, "/never").catch(() => {});
      await ask(port, "/exit");
    });
    assert.equal(run.code, 0, run.stderr);
    checkLaws(run);
    const told = new Map(run.index.map((it) => [`${it.method} ${it.url}`, it]));
    const shown = (line: string) => {
      const it = told.get(line);
      return it && `${line} ${it.status} ${it.bytes} ${it.outcome}`;
    };
    for (const path of paths) {
      assert.equal(shown(`GET ${path}`), `GET ${path} 200 ${path.split("/")[2]} finished`);
    }
    assert.equal(shown("HEAD /later/3000"), "HEAD /later/3000 200 0 finished");
    const endless = told.get("GET /endless/1")!;
    assert.deepEqual([endless.status, endless.outcome], [200, "aborted"]);
    assert.ok(endless.bytes >= 1000 && endless.bytes % 1000 === 0, `${endless.bytes} bytes`);
    assert.equal(shown("GET /failing/2000"), "GET /failing/2000 200 2000 error");
    assert.equal(shown("GET /throw"), "GET /throw 500 0 finished");
    assert.equal(shown("GET /never"), "GET /never 0 0 unfinished");
    assert.equal(shown("GET /exit"), "GET /exit 204 0 finished");
  });
}
