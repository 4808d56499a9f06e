/** The ways a Deno server is started: `deno serve`, tasks, frameworks of Node's, and too few permissions. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, askAll, profiled, type Run, type Started } from "../support/profiled.ts";
import { profiles, tells } from "../support/compatibility.ts";
import { runtimes } from "../support/runtimes.ts";
import { assertOwnWork } from "./deno_profiles.ts";

const paths = Array.from({ length: 24 }, (_, i) => i % 2 === 0 ? `/slow/${i}` : `/fast/${i}`);

/** Talks to a server until it has answered all paths. */
async function use(started: Started): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  await askAll(port, paths, 8);
  started.kill("SIGTERM");
}

function checkRun(run: Run): void {
  checkLaws(run);
  const index = run.index.filter(({ path }) => paths.includes(path));
  assert.equal(index.length, paths.length, run.stderr);
  assertOwnWork(run, paths);
}

const way = (name: string) => ({ group: "Ways to start Deno", name }) as const;

for (const runtime of await runtimes()) {
  const { kind, version, path } = runtime;
  if (kind !== "deno") continue;

  for (const flags of [["-A"], ["-A", "--parallel"], ["--allow-net"]]) {
    profiles(way(`deno serve ${flags.join(" ")}`), runtime, async () => {
      const command = [
        path,
        "serve",
        ...flags,
        "--port",
        "0",
        "--host",
        "127.0.0.1",
        appPath("deno_fetch.ts"),
      ];
      checkRun(
        await profiled(command, async (started) => {
          const port = Number((await started.printed(/port (\d+)/))[1]);
          await askAll(port, paths, 8);
          // Where one thread of several ends the process, the others have no time for a last word.
          await started.printed(/(?:"GET [^]*?){24}/, "stderr");
          started.kill("SIGTERM");
        }),
      );
    });
  }

  profiles(way("deno run --allow-net, with what is lacking added"), runtime, async () => {
    const run = await profiled([path, "run", "--allow-net", appPath("deno_serve.ts")], use);
    checkRun(run);
    assert.match(run.stderr, /profsrv: For the profiler Deno also gets .*--allow-sys.*\n/);
  });

  tells(way("deno run --deny-sys"), runtime, async () => {
    const run = await profiled([path, "run", "--allow-net", "--deny-sys", appPath("deno_serve.ts")], use);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.index.length, 0);
    assert.match(run.stderr, /profsrv: --deny-sys keeps the profiler out/);
  });

  for (const flags of ["-A", "--allow-net"]) {
    const hasNodeOptions = !version.startsWith("2.5.");
    const isProfiled = hasNodeOptions && flags === "-A";
    const register = isProfiled ? profiles : tells;
    register(way(`deno task, of deno run ${flags}`), runtime, async () => {
      const directory = await mkdtemp(join(tmpdir(), "profsrv-task-"));
      const task = `deno run ${flags} ${appPath("deno_serve.ts")}`;
      await writeFile(join(directory, "deno.json"), JSON.stringify({ tasks: { dev: task } }));
      try {
        const run = await profiled([path, "task", "dev"], async (started) => {
          const port = Number((await started.printed(/port (\d+)/))[1]);
          await askAll(port, paths, 8);
          await ask(port, "/end").catch(() => {});
        }, { cwd: directory });
        if (isProfiled) checkRun(run);
        else assert.equal(run.index.length, 0);
        const why = hasNodeOptions ? /In a task, Deno's own flags decide/ : /lets no profiler into its tasks/;
        assert.match(run.stderr, why);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
  }

  tells(way("deno task, of deno serve -A"), runtime, async () => {
    const directory = await mkdtemp(join(tmpdir(), "profsrv-task-"));
    const task = `deno serve -A --port 0 --host 127.0.0.1 ${appPath("deno_fetch.ts")}`;
    await writeFile(join(directory, "deno.json"), JSON.stringify({ tasks: { dev: task } }));
    try {
      const run = await profiled([path, "task", "dev"], use, { cwd: directory });
      assert.equal(run.index.length, 0);
      assert.match(run.stderr, /"deno serve" lets no profiler in there|lets no profiler into its tasks/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}
