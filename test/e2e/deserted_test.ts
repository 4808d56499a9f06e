/** A server that outlives its profsrv keeps nothing of the requests that nobody wants to know of any more. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ask, askAll, forms, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const server = `
  const server = require("http").createServer((request, response) => {
    if (request.url === "/heap") gc();
    response.end(String(request.url === "/heap" ? process.memoryUsage().heapUsed : ""));
  });
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port + " of " + process.pid));
`;
const REQUESTS = 1500;

/** Whether a process has a file of a spool open. */
async function hasSpool(pid: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  const links = (await readdir(directory)).map((it) => readlink(join(directory, it)).catch(() => ""));
  return (await Promise.all(links)).some((it) => it.includes("profsrv-spool-"));
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "node") continue;
  Deno.test(`a server without its profsrv grows no more than alone, on node ${version}`, async () => {
    const root = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    const own = ["--quiet", "--prof-path", join(root, "profiles")];
    const command = [...forms.executable, ...own, "--", path, "--expose-gc", "-e", server];
    const started = new Started(command, { env: { TMPDIR: root } });
    const [, port, pid] = await started.printed(/port (\d+) of (\d+)/);
    try {
      started.kill("SIGKILL");
      const [spool] = (await readdir(root)).filter((it) => it.startsWith("profsrv-spool-"));
      await rm(join(root, spool!), { recursive: true });
      const heap = async () => Number((await ask(Number(port), "/heap")).body);
      const some = () => askAll(Number(port), Array.from({ length: REQUESTS }, () => "/"), 16);
      // With the end of its window the agent notices, and lets go of its file; by then all its code is warm.
      await some();
      await until(async () => !await hasSpool(pid!), () => "the server still has a file of the spool open");
      await some();
      const before = await heap();
      await some();
      const grown = (await heap() - before) / REQUESTS;
      assert.ok(grown < 500, `${grown.toFixed(0)} bytes for each request`);
    } finally {
      process.kill(Number(pid), "SIGKILL");
      await rm(root, { recursive: true, force: true });
    }
  });
}
