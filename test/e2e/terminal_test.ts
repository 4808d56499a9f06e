/** Signals and keys: each reaches the command exactly once, and what is being written then is written to its end. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { COUNTING } from "../support/counting.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, formNames, forms, profiled, Started } from "../support/profiled.ts";
import { missing } from "../support/runtimes.ts";
import { atTerminal, hasTerminals } from "../support/terminal.ts";

const windows = process.platform === "win32";

const counting = ["node", "-e", COUNTING];

for (const form of formNames) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    for (const whom of ["profsrv alone", "the whole process group"] as const) {
      Deno.test(
        `${signal} to ${whom} reaches the command once, as ${form}`,
        { ignore: windows },
        async () => {
          // A process group of its own, as a shell makes one for each job.
          const started = new Started(["setsid", ...forms[form], "--quiet", ...counting]);
          const pid = started.child.pid!;
          await started.printed(/ready/);
          process.kill(whom === "profsrv alone" ? pid : -pid, signal);
          await started.printed(/got/);
          // Is passed on after the first signal has been dealt with: a second copy of that would be here by then.
          process.kill(pid, "SIGUSR2");
          const { code, stdout } = await started.ended;
          assert.deepEqual([code, JSON.parse(stdout.trim().split("\n").at(-1)!)], [5, { [signal]: 1 }]);
        },
      );
    }
  }
}

const canScript = await hasTerminals();
if (!canScript) missing("keys at a terminal", "there is no util-linux script(1) here");

for (const form of formNames) {
  Deno.test(`at a terminal Ctrl-C reaches the command once, and it stays a terminal, as ${form}`, {
    ignore: !canScript,
  }, async () => {
    const terminal = atTerminal([...forms[form], ...counting]);
    const [, pid, stdin, stdout] = await terminal.shows(/ready (\d+) (\w+) (\w+)/);
    assert.deepEqual([stdin, stdout], ["true", "true"]);
    terminal.type("hello\r");
    await terminal.shows(/read "hello\\n"/);
    terminal.type("\x03");
    await terminal.shows(/got SIGINT/);
    terminal.type("\x1c");
    await terminal.shows(/got SIGQUIT/);
    process.kill(await parentOf(Number(pid)), "SIGUSR2");
    const { code, screen } = await terminal.ended;
    assert.match(screen, /\{"SIGINT":1,"SIGQUIT":1\}/);
    assert.equal(code, 5);
  });
}

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

async function parentOf(pid: number): Promise<number> {
  const { stdout } = await new Started(["ps", "-o", "ppid=", "-p", String(pid)]).ended;
  return Number(stdout);
}

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
