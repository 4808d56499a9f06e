/** Signals to a server that takes its time, and to profsrv while it writes: what is being written is written to its end. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, forms, profiled, Started } from "../support/profiled.ts";

const windows = process.platform === "win32";

/** Ends, after the first signal, when it has done what takes a while. */
const SLOWLY = `
const server = require("http").createServer((request, response) => response.end());
server.listen(0, "127.0.0.1", () => console.log("ready"));
process.once("SIGINT", () => {
  console.log("got");
  setTimeout(() => process.exit(6), 2500);
});
`;

Deno.test("a server that takes its time to end is left to it", { ignore: windows }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "terminal-"));
  try {
    const own = ["--quiet", "--prof-path", directory, "--"];
    const started = new Started(["setsid", ...forms.executable, ...own, "node", "-e", SLOWLY]);
    await started.printed(/ready/);
    process.kill(-started.child.pid!, "SIGINT");
    const { code, signal } = await started.ended;
    assert.deepEqual([code, signal], [6, null]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

Deno.test(
  "Ctrl-C while the last profiles are written loses nothing and does not hang",
  { ignore: windows },
  async () => {
    // The shell ends at once; its server lives on, and is waited for.
    const script = `trap 'exit 3' TERM; node "$0" & echo "server $!"; wait`;
    let server = 0;
    try {
      const run = await profiled(["sh", "-c", script, appPath("http_cjs.cjs")], async (started) => {
        server = Number((await started.printed(/server (\d+)/))[1]);
        const port = Number((await started.printed(/port (\d+)/))[1]);
        for (const path of ["/", "/slow/1", "/fast/2"]) await ask(port, path);
        started.kill("SIGTERM");
        await started.printed(/writing the last profiles/, "stderr");
        started.kill("SIGINT");
        await started.printed(/interrupt once more/, "stderr");
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) started.kill(signal);
        process.kill(server, "SIGKILL");
      });
      assert.deepEqual([run.code, run.signal], [3, null]);
      assert.deepEqual(run.index.map(({ path }) => path), ["/", "/slow/1", "/fast/2"]);
      assert.equal(run.files.length, 3);
      checkLaws(run);
      assert.match(run.stderr, /^3 requests in /m);
    } finally {
      if (server > 0) kill(server);
    }
  },
);

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
