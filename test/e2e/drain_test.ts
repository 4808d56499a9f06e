/** Very much is left to write when the command has ended: 12,000 requests in five formats. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import process from "node:process";
import { appPath, profiled } from "../support/profiled.ts";

const REQUESTS = 12_000;
const CONNECTIONS = 50;
const FORMATS = ["cpuprofile", "callgrind", "pprof", "speedscope", "folded"];

Deno.test(
  "Ctrl-C is heard while very much is written, and one more, a second later, gives up the rest",
  { ignore: process.platform === "win32" },
  async () => {
    const options = ["--format", FORMATS.join(), "--max-files", "100000"];
    const run = await profiled(["node", appPath("limits.cjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      const one = `GET /wait/${REQUESTS} HTTP/1.1\r\nHost: x\r\n\r\n`;
      for (let i = 0; i < CONNECTIONS; i++) {
        const socket = net.connect(port, "127.0.0.1").on("error", () => {});
        await once(socket, "connect");
        socket.resume().write(one.repeat(REQUESTS / CONNECTIONS));
      }
      await started.printed(/all are waiting/);
      started.kill("SIGTERM");
      // Told by a timer: before, none ran until all was written.
      await started.printed(/writing the last profiles…/, "stderr");
      started.kill("SIGINT");
      await started.printed(/interrupt once more/, "stderr");
      await new Promise((resolve) => setTimeout(resolve, 1100));
      started.kill("SIGINT");
      await started.printed(/the profiles not yet written are given up/, "stderr");
      await started.ended;
    }, { options });
    assert.deepEqual([run.code, run.signal], [null, "SIGTERM"], "as the command ended");
    assert.ok(run.index.length > 0 && run.index.length < REQUESTS, `${run.index.length} requests are listed`);
    const named = run.index.flatMap(({ files }) => files);
    assert.equal(named.length, FORMATS.length * run.index.length);
    assert.deepEqual(run.files, named.sort(), "each file is whole, and named in the index");
    assert.equal(run.record.totals.requests, run.index.length);
    assert.deepEqual(run.record.exit, { signal: "SIGTERM" });
  },
);
