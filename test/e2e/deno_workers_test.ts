/** Servers in workers of Deno's, which lets no profiler in there: they run as alone, and one true sentence says why nothing is recorded. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tells } from "../support/compatibility.ts";
import { ask, profiled } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const serve =
  `Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log("port", port) }, () => new Response("worker"));`;

/** Programs of two files, each with one worker. */
const programs: Readonly<Record<string, readonly [main: string, worker: string]>> = {
  "a server in a Worker": [
    `const worker = new Worker(import.meta.resolve("./worker.mjs"), { type: "module" });
console.log(worker.constructor === Worker, Object.keys(worker), worker instanceof EventTarget, Object.hasOwn(Worker.prototype, "_events"));`,
    serve,
  ],
  "a server in a worker of node:worker_threads": [
    `import { Worker } from "node:worker_threads";
const worker = new Worker(new URL("./worker.mjs", import.meta.url));
console.log(worker.constructor === Worker, Object.hasOwn(Worker.prototype, "_events"), worker.listenerCount("message"));`,
    `import http from "node:http";
const server = http.createServer((_, response) => response.end("worker"));
server.listen(0, "127.0.0.1", () => console.log("port", server.address().port));`,
  ],
};

for (const runtime of await runtimes()) {
  if (runtime.kind !== "deno") continue;
  for (const [name, [main, worker]] of Object.entries(programs)) {
    tells({ group: "Ways to start Deno", name }, runtime, async () => {
      const cwd = await mkdtemp(join(tmpdir(), "profsrv-workers-"));
      try {
        await writeFile(join(cwd, "main.mjs"), main);
        await writeFile(join(cwd, "worker.mjs"), worker);
        const run = await profiled([runtime.path, "run", "-A", "main.mjs"], async (started) => {
          const port = Number((await started.printed(/port (\d+)/))[1]);
          assert.equal((await ask(port, "/")).body, "worker");
          started.kill("SIGTERM");
        }, { cwd });
        assert.deepEqual([run.signal, run.index.length], ["SIGTERM", 0]);
        assert.match(run.stdout, /^true (\[\] true false|false 0)$/m);
        const told = run.stderr.match(
          /profsrv: The agent reports: process \d+ started a worker, .*is not recorded/g,
        );
        assert.equal(told?.length, 1, run.stderr);
        assert.match(run.stderr, /nothing was profiled: /);
      } finally {
        await rm(cwd, { recursive: true, force: true });
      }
    });
  }
}
