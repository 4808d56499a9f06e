/** A server under Deno must not be able to tell that it is profiled, but for one frame: same output, same end. */
import assert from "node:assert/strict";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, type Ended, profiled, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

/** How the server ends, and what that is to the process. */
const endings = [
  { end: "Deno.exit", about: "Deno.exit in a handler" },
  { end: "exit", about: "process.exit in a handler" },
  { end: "throw", about: "an uncaught exception" },
  { end: "reject", about: "an unhandled rejection" },
  { end: "close", about: "a server that shuts down" },
  { end: "wait", about: "SIGTERM without a listener", signal: "SIGTERM" },
  { end: "wait", about: "SIGINT without a listener", signal: "SIGINT" },
  { end: "handled", about: "SIGTERM with a listener", signal: "SIGTERM" },
  { end: "process.on", about: "SIGINT with a listener of Node's kind", signal: "SIGINT" },
  { end: "removed", about: "SIGTERM with listeners that were taken back", signal: "SIGTERM" },
  { end: "prevented", about: "an exception that a listener prevents from ending it", signal: "SIGTERM" },
  { end: "caught", about: "an exception that process.on catches", signal: "SIGTERM" },
] as const;

async function use(started: Started, end: string, signal: NodeJS.Signals | undefined): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/, "stderr"))[1]);
  for (let i = 0; i < 2; i++) await ask(port, "/look", { method: "POST", body: "body" });
  assert.equal((await ask(port, "/throw")).status, 500);
  // The server may end before its answer is out.
  await ask(port, "/end").catch(() => {});
  if (end === "prevented" || end === "caught") {
    await started.printed(/^(prevented|caught) /m);
    await ask(port, "/look");
  }
  if (signal !== undefined) started.kill(signal);
}

/** The one trace there is: a handler of `Deno.serve` has this frame below its own. */
const BELOW_HANDLER = /\n +at Object\.apply \(file:.*agent[^/]*\.cjs:\d+:\d+\)/g;

/** What Deno 2.9 itself does for any `--require`, an empty file's too: a global that it forgot. */
const LEFT_BY_DENO = /\bnodeBootstrap,/g;

/** Where in Deno's own code: with async hooks a timer takes another branch of the same function. */
const OWN_POSITIONS = /(\((?:ext|node):[^)]*?):\d+:\d+\)/g;

/** Deno colours what it prints of errors, on no terminal too, and what is taken out here would not be found. */
const UNCOLOURED = { NO_COLOR: "1" };

/** What differs between any two runs of the same program, taken out. */
function stable({ code, signal, stdout, stderr }: Ended): Ended {
  const withoutOwn = stderr.split("\n").filter((line) => !line.startsWith("profsrv: ")).join("\n");
  return {
    code,
    signal,
    stdout: stdout.replace(LEFT_BY_DENO, "").replace(OWN_POSITIONS, "$1)"),
    stderr: withoutOwn.replace(/port \d+/, "port").replace(BELOW_HANDLER, "").replace(OWN_POSITIONS, "$1)"),
  };
}

for (const { kind, version, path } of await runtimes()) {
  if (kind !== "deno") continue;
  for (const { end, about, ...rest } of endings) {
    const signal = "signal" in rest ? rest.signal : undefined;
    Deno.test(`${about} on deno ${version} is the same with and without profsrv`, async () => {
      const command = [path, "run", "-A", appPath("deno_observant.ts"), end];
      const alone = new Started(command, { env: UNCOLOURED });
      await use(alone, end, signal);
      const options = { options: ["--quiet"], env: UNCOLOURED };
      const run = await profiled(command, (started) => use(started, end, signal), options);
      assert.deepEqual(stable(run), stable(await alone.ended));
      checkLaws(run);
      assert.equal(run.index.length, end === "prevented" || end === "caught" ? 5 : 4);
    });
  }
}
