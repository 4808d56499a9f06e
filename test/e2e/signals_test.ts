/** Signals and keys: each reaches the command exactly once. */
import assert from "node:assert/strict";
import process from "node:process";
import { COUNTING } from "../support/counting.ts";
import { appPath, formNames, forms, Started } from "../support/profiled.ts";
import { missing } from "../support/runtimes.ts";
import { atTerminal, hasTerminals } from "../support/terminal.ts";

const windows = process.platform === "win32";

/** A shell with jobs, which says when its job was stopped, and has it go on. */
const TURNS = 'set -m; "$0" "$@"; echo stopped; fg';

const counting = ["node", "-e", COUNTING];

for (const form of formNames) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGWINCH", "SIGCONT"] as const) {
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

for (const form of formNames) {
  Deno.test(`SIGALRM, which nobody listens for, ends the command and then profsrv, as ${form}`, {
    ignore: windows,
  }, async () => {
    const started = new Started([...forms[form], "--quiet", "node", appPath("hello.cjs")]);
    await started.printed(/port/);
    started.kill("SIGWINCH");
    started.kill("SIGALRM");
    const { signal, stderr } = await started.ended;
    assert.equal(signal, "SIGALRM", stderr);
  });

  Deno.test(`at a terminal Ctrl-Z stops the server, and it goes on when its shell says so, as ${form}`, {
    ignore: !await hasTerminals(),
  }, async () => {
    const terminal = atTerminal(["bash", "--norc", "-i", "-c", TURNS, ...forms[form], ...counting]);
    const [, pid] = await terminal.shows(/ready (\d+) /);
    terminal.type("\x1a");
    await terminal.shows(/stopped/);
    await terminal.shows(/got SIGCONT 1/);
    process.kill(await parentOf(Number(pid)), "SIGUSR2");
    const { code, screen } = await terminal.ended;
    assert.match(screen, /\{"SIGCONT":1\}/);
    assert.equal(code, 5);
  });
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

async function parentOf(pid: number): Promise<number> {
  const { stdout } = await new Started(["ps", "-o", "ppid=", "-p", String(pid)]).ended;
  return Number(stdout);
}
