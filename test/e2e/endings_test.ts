/** However a server ends, it ends as it would without profsrv, and what was measured is written. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { IndexEntry } from "../../src/store/entry.ts";
import { type Ending, endings, endingsTable, type Target } from "../support/endings.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, type Ended, forms, profiled, Started } from "../support/profiled.ts";
import { missing, type Runtime, runtimes } from "../support/runtimes.ts";
import { atTerminal, hasTerminals } from "../support/terminal.ts";

const windows = process.platform === "win32";

/** The oldest and newest of each line; what they share is tested in `guest_test.ts` for all. */
const versions = (await runtimes()).filter(({ kind, version }) =>
  kind === "deno" ? version.startsWith("2.9") : !/^(18|22)\./.test(version)
);

function commandOf({ kind, path }: Runtime, { mode = "default", isTight }: Partial<Ending>): string[] {
  const limit = isTight ? ["--max-old-space-size=40"] : [];
  const start = kind === "node"
    ? [path, ...limit]
    : [path, "run", "-A", ...limit.map((it) => `--v8-flags=${it}`)];
  return [...start, appPath("endings.cjs"), mode];
}

async function targetOf(started: Started): Promise<Target> {
  const [, port, pid] = await started.printed(/port (\d+) of (\d+)/);
  return { started, port: Number(port), pid: Number(pid) };
}

/** What is the same for any two runs of the same program. */
function stable({ code, signal, stdout }: Ended): object {
  return { code, signal, stdout: stdout.replace(/port \d+ of \d+/, "port") };
}

for (const runtime of versions) {
  for (const ending of endings) {
    Deno.test(`${ending.name}, on ${runtime.kind} ${runtime.version}`, { ignore: windows }, async () => {
      const command = commandOf(runtime, ending);
      const alone = new Started(command);
      const without = targetOf(alone).then(async (target) => {
        await ask(target.port, "/");
        await ending.act(target);
        return await alone.ended;
      });
      const run = await profiled(command, async (started) => {
        const target = await targetOf(started);
        await ask(target.port, "/");
        // Then it is in the index, whatever comes.
        await started.printed(/"GET \/ HTTP/, "stderr");
        await ending.act(target);
      });
      assert.deepEqual(stable(run), stable(await without));
      const told = run.index.map(({ path, outcome }) => `${path} ${outcome}`);
      assert.deepEqual(told, ["/ finished", ...ending.requests]);
      checkLaws(run);
    });
  }

  Deno.test(`Ctrl-C at a terminal, on ${runtime.kind} ${runtime.version}`, {
    ignore: windows || !(await hasTerminals()),
  }, async () => {
    for (const mode of ["default", "handles"] as const) {
      const command = commandOf(runtime, { mode });
      const directory = await mkdtemp(join(tmpdir(), "endings-"));
      try {
        const ends = [];
        for (const before of [[], [...forms.executable, "--quiet", "--prof-path", directory, "--"]]) {
          const terminal = atTerminal([...before, ...command]);
          const [, port] = await terminal.shows(/port (\d+) of (\d+)/);
          await ask(Number(port), "/");
          terminal.type("\x03");
          const { code, screen } = await terminal.ended;
          ends.push({ code, screen: screen.replace(/port \d+ of \d+/, "port") });
        }
        assert.deepEqual(ends[1], ends[0]);
        assert.equal(ends[0]!.code, mode === "handles" ? 5 : 130);
        assert.deepEqual((await indexOf(directory)).map(({ path }) => path), ["/"]);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }
  });

  Deno.test(`SIGKILL of profsrv, on ${runtime.kind} ${runtime.version}`, { ignore: windows }, async () => {
    const command = ["sh", "-c", '"$@"; echo "ended with $?"', "sh", ...commandOf(runtime, {})];
    const directory = await mkdtemp(join(tmpdir(), "endings-"));
    try {
      const started = new Started([...forms.executable, "--prof-path", directory, "--", ...command]);
      const { port } = await targetOf(started);
      await ask(port, "/before");
      await started.printed(/"GET \/before/, "stderr");
      started.kill("SIGKILL");
      for (const path of ["/after/1", "/after/2", "/close"]) await ask(port, path);
      const { signal, stdout } = await started.ended;
      assert.equal(signal, "SIGKILL");
      assert.match(stdout, /\nclosed\nexit 0\nended with 0\n$/);
      const report = await new Started([...forms.executable, "report", directory]).ended;
      assert.equal(report.code, 0, report.stderr);
      assert.match(report.stdout, /\(profsrv was killed\)\n\n4 requests in /);
      const index = await indexOf(directory);
      assert.deepEqual(index.map(({ path }) => path), ["/before", "/after/1", "/after/2", "/close"]);
      assert.ok(index.every(({ files, runtime: it }) => files.length === 1 && it.startsWith(runtime.kind)));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

if (!windows && !(await hasTerminals())) {
  missing("Ctrl-C at a terminal", "there is no util-linux script(1) here");
}

async function indexOf(directory: string): Promise<IndexEntry[]> {
  const text = await readFile(join(directory, "index.ndjson"), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("docs/endings.md has the table that is tested here", async () => {
  const file = new URL("../../docs/endings.md", import.meta.url);
  const text = await readFile(file, "utf8");
  const updated = text.replace(/^\|[^]*\|\n/m, () => endingsTable());
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(file, updated);
  else assert.equal(text, updated, "UPDATE_GOLDEN=1 writes it");
});
