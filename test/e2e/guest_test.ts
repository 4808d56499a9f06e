/** A server must not be able to tell that it is profiled: same output, same end, same listeners, same stacks. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFIG_VARIABLE, PROTOCOL_VERSION } from "../../src/protocol/messages.ts";
import { appPath, ask, type Ended, profiled, Started } from "../support/profiled.ts";
import { checkLaws } from "../support/laws.ts";
import { runtimes } from "../support/runtimes.ts";

/** How the server ends, and what that is to the process. */
const endings = [
  { end: "exit", about: "process.exit in a handler", requests: 3 },
  { end: "throw", about: "an uncaught exception", requests: 3 },
  { end: "reject", about: "an unhandled rejection", requests: 3 },
  { end: "close", about: "a server that closes", requests: 3 },
  { end: "wait", about: "SIGTERM without a handler", signal: "SIGTERM", requests: 3 },
  { end: "wait", about: "SIGINT without a handler", signal: "SIGINT", requests: 3 },
  { end: "wait", about: "SIGHUP without a handler", signal: "SIGHUP", requests: 3 },
  { end: "handled", about: "SIGTERM with a handler", signal: "SIGTERM", requests: 3 },
] as const;

const agent = join(import.meta.dirname!, "..", "..", "dist", "agent.cjs");

/** Loads the agent, starts a server, and prints which properties of `process` were looked at. */
const WATCHED = `
  const own = Object.getOwnPropertyDescriptor;
  Object.getOwnPropertyDescriptor = (it, key) => {
    if (it === process) console.log("looked at", key);
    return own(it, key);
  };
  require(process.argv[1]);
  require("node:http").createServer().listen(0, function () {
    console.log("listens");
    this.close();
  });
`;

async function use(started: Started, signal: NodeJS.Signals | undefined): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/, "stderr"))[1]);
  for (let i = 0; i < 2; i++) await ask(port, "/look", { method: "POST", body: "body" });
  // The server may end before its answer is out.
  await ask(port, "/end").catch(() => {});
  if (signal !== undefined) started.kill(signal);
}

/** What differs between any two runs of the same program, taken out. */
function stable({ code, signal, stdout, stderr }: Ended): Ended {
  const withoutOwn = stderr.split("\n").filter((line) => !line.startsWith("profsrv: ")).join("\n");
  // Where the application has promises tracked, they get ids; ours take some of the numbers.
  const withoutIds = stdout.replace(/(async_id_symbol\)\]?: )\d+/g, "$1#");
  return { code, signal, stdout: withoutIds, stderr: withoutOwn.replace(/port \d+/, "port") };
}

/** V8 leaves `SharedArrayBuffer` to whoever embeds it then, and neither runtime asks for it. */
const WITHOUT_SHARED = "--enable-sharedarraybuffer-per-context";
const SERVER = `
  if (typeof SharedArrayBuffer !== "undefined") throw new Error("it is there");
  const server = require("node:http").createServer((_, response) => response.end("answer"));
  server.listen(0, () => console.error("port", server.address().port));
`;

for (const { kind, version, path } of await runtimes()) {
  Deno.test(`requests are recorded without SharedArrayBuffer on ${kind} ${version}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "guest-test-"));
    const file = join(directory, "server.cjs");
    try {
      await writeFile(file, SERVER);
      const flags = kind === "node" ? [WITHOUT_SHARED] : ["run", "-A", `--v8-flags=${WITHOUT_SHARED}`];
      const run = await profiled([path, ...flags, file], async (started) => {
        const port = Number((await started.printed(/port (\d+)/, "stderr"))[1]);
        assert.equal((await ask(port, "/")).body, "answer");
        started.kill("SIGTERM");
      }, { options: ["--quiet"] });
      assert.equal(run.index.length, 1);
      checkLaws(run);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
  if (kind !== "node") continue;
  for (const { end, about, requests, ...rest } of endings) {
    const signal = "signal" in rest ? rest.signal : undefined;
    Deno.test(`${about} is the same with and without profsrv on node ${version}`, async () => {
      const command = [path, appPath("observant.cjs"), end];
      const alone = new Started(command);
      await use(alone, signal);
      const run = await profiled(command, (started) => use(started, signal), { options: ["--quiet"] });
      assert.deepEqual(stable(run), stable(await alone.ended));
      checkLaws(run);
      assert.equal(run.index.length, requests);
    });
  }

  Deno.test(`the agent does not ask for the title of its process on node ${version}`, async () => {
    const spool = await mkdtemp(join(tmpdir(), "guest-test-"));
    try {
      const config = JSON.stringify({ v: PROTOCOL_VERSION, spool, interval: 1000 });
      const started = new Started([path, "-e", WATCHED, agent], { env: { [CONFIG_VARIABLE]: config } });
      const { code, stdout, stderr } = await started.ended;
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^listens$/m);
      assert.doesNotMatch(stdout, /title/);
    } finally {
      await rm(spool, { recursive: true, force: true });
    }
  });
}
