/** profsrv as an executable of Windows, below wine: what docs/windows.md says of its commands and their ends. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appPath, ask } from "../support/profiled.ts";
import { missing } from "../support/runtimes.ts";
import { until } from "../support/until.ts";
import {
  computeAndInterrupt,
  executable,
  INTERRUPTED,
  leaveOpen,
  profiledOnWindows,
  script,
} from "../support/windows.ts";
import { whyNoWine, windowsPath, WindowsProgram, windowsRuntime } from "../support/wine.ts";

/** What `report` says and the page that `view --html` writes of a run have this request. */
async function shows(profsrv: readonly string[], directory: string, request: string): Promise<void> {
  const path = await windowsPath(directory);
  const report = await (await WindowsProgram.start([...profsrv, "report", path])).ended;
  assert.equal(report.code, 0, report.stderr);
  assert.ok(report.stdout.includes(request), report.stdout);
  const page = join(directory, "page.html");
  const view = await (await WindowsProgram.start([...profsrv, "view", path, "--html", `${path}\\page.html`]))
    .ended;
  assert.equal(view.code, 0, view.stderr);
  assert.match(await readFile(page, "utf8"), /^<!doctype html>/i);
}

/** A directory for a run, here and as Windows names it. */
async function inDirectory(use: (directory: string, path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "windows-run-"));
  try {
    await use(directory, await windowsPath(directory));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function registerTests(): Promise<void> {
  const node = await windowsRuntime({ kind: "node", version: "26.10.0" });
  const endings = await windowsPath(appPath("endings.cjs"));

  const runtimes = [
    ["Node 20", [await windowsRuntime({ kind: "node", version: "20.20.2" })]],
    ["Node 22", [await windowsRuntime({ kind: "node", version: "22.23.3" })]],
    ["Node 24", [await windowsRuntime({ kind: "node", version: "24.21.0" })]],
    ["Node 26", [node]],
    ["Deno 2.9", [await windowsRuntime({ kind: "deno", version: "2.9.6" }), "run", "-A"]],
  ] as const;
  for (const [name, runtime] of runtimes) {
    Deno.test(`on Windows a server on ${name} is profiled and ends by Ctrl-C as it does alone`, async () => {
      const run = await profiledOnWindows([...runtime, endings], async (program, port) => {
        for (const path of ["/", "/con", "/a%3Ab"]) assert.equal((await ask(port, path)).status, 200);
        leaveOpen(port, "/open");
        await program.printed(/^open/m);
        program.interrupt();
      });
      assert.equal(run.code, INTERRUPTED, run.stderr);
      assert.deepEqual(run.paths, ["/", "/con", "/a%3Ab", "/open"]);
      assert.equal(run.files.length, 4);
      for (const file of run.files) {
        assert.match(file, /^(root|_con|a_b|open)\.\d{6}ms\.\d+\.cpuprofile$/);
      }
    });
  }

  for (const [name, runtime] of [runtimes[0], runtimes[3]]) {
    Deno.test(`on Windows the npm package's script on ${name} profiles a server, and shows the run`, () =>
      inDirectory(async (directory, path) => {
        const profsrv = [...runtime, await windowsPath(script)];
        const program = await WindowsProgram.start([
          ...profsrv,
          "--prof-path",
          path,
          "--",
          ...runtime,
          endings,
        ]);
        const port = Number((await program.printed(/port (\d+)/))[1]);
        assert.equal((await ask(port, "/")).status, 200);
        await program.printed(/GET \/ /, "stderr");
        program.interrupt();
        const { code, stderr } = await program.ended;
        assert.equal(code, INTERRUPTED, stderr);
        await shows(profsrv, directory, "GET /");
      }));
  }

  const codes: [
    about: string,
    mode: string,
    act: (program: WindowsProgram, port: number) => Promise<void>,
    code: number,
  ][] = [
    ["process.exit(3)", "default", async (_, port) => leaveOpen(port, "/exit"), 3],
    ["an uncaught exception", "default", async (_, port) => leaveOpen(port, "/throw"), 1],
    ["a handler of Ctrl-C", "handles", async (program) => program.interrupt(), 5],
    ["Ctrl-C in a computation that never ends", "default", computeAndInterrupt, INTERRUPTED],
  ];
  for (const [about, mode, act, code] of codes) {
    Deno.test(`on Windows profsrv ends as its server by ${about}: code ${code.toString(16)}`, async () => {
      const run = await profiledOnWindows([node, endings, mode], act);
      assert.equal(run.code, code, run.stderr);
    });
  }

  Deno.test("on Windows a computation below cmd.exe ends by Ctrl-C", async () => {
    const run = await profiledOnWindows(["cmd", "/d", "/c", node, endings], computeAndInterrupt);
    assert.equal(run.code, INTERRUPTED, run.stderr);
    assert.match(run.stderr, /computes without a pause/);
  });

  for (const code of [0, 7]) {
    Deno.test(`on Windows --on-listen ends with the code of its command: ${code}`, async () => {
      const options = ["--on-listen", `echo told %PORT% & exit ${code}`];
      const run = await profiledOnWindows([node, endings], async () => {}, { options });
      assert.equal(run.code, code, run.stderr);
      const [, port] = /^port (\d+)/m.exec(run.stdout)!;
      assert.match(run.stdout, new RegExp(`^told ${port}`, "m"));
    });
  }

  Deno.test("on Windows --on-listen takes a command with quotes", async () => {
    const options = ["--on-listen", `"${node}" -e "console.log('told', process.argv[1])" "a  b & c"`];
    const run = await profiledOnWindows([node, endings], async () => {}, { options });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^told a {2}b & c$/m);
  });

  for (
    const [about, before, isOver] of [["", [], true], [" below cmd.exe", ["cmd", "/d", "/c"], false]] as const
  ) {
    const name = `on Windows a server${about} ${isOver ? "ends with" : "outlives"} a profsrv that is killed`;
    Deno.test(name, async () => {
      const run = profiledOnWindows([...before, node, endings], async (program, port) => {
        await ask(port, "/");
        await program.printed(/GET \/ /, "stderr");
        const kill = await WindowsProgram.start([
          node,
          "-e",
          `process.kill(${await program.pid()}, "SIGKILL")`,
        ]);
        assert.equal((await kill.ended).code, 0);
        await program.killed();
        const answers = () => ask(port, "/").then(() => true, () => false);
        if (isOver) await until(async () => !await answers(), () => "the server still answers");
        else assert.ok(await answers());
        program.interrupt();
      }, { env: { STAYS: "1" } });
      assert.deepEqual((await run).paths, ["/"]);
    });
  }

  Deno.test("on Windows a run is reported, shown and converted", () =>
    inDirectory(async (directory, path) => {
      const exe = await windowsPath(executable);
      const program = await WindowsProgram.start([exe, "--prof-path", path, "--", node, endings]);
      const port = Number((await program.printed(/port (\d+)/))[1]);
      await ask(port, "/close");
      assert.equal((await program.ended).code, 0);
      await shows([exe], directory, "GET /close");
      const out = `${path}\\out`;
      const convert =
        await (await WindowsProgram.start([exe, "convert", path, "--format", "folded", "--out", out])).ended;
      assert.equal(convert.code, 0, convert.stderr);
      const converted = (await readdir(join(directory, "out"))).filter((it) =>
        !it.startsWith("(unattributed)")
      );
      assert.match(converted.join(), /^close\..*\.folded$/);
    }));
}

const reason = await whyNoWine();
if (reason === undefined) await registerTests();
else missing("profsrv on Windows", reason);
