/** NODE_OPTIONS have several owners: what the user, files and programs below the command put there is in force as without profsrv. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { appPath, ask, type Ended, profiled, Started } from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const windows = process.platform === "win32";
const nodes = (await runtimes()).filter(({ kind }) => kind === "node");

const SHOW = `console.log(process.title, globalThis.pre ?? "not loaded", ` +
  `Math.round(require("v8").getHeapStatistics().heap_size_limit / 2 ** 20) + " MiB", ` +
  `Object.keys(require("module")._pathCache).length + " paths");`;

/** A project whose files name options for node. */
async function inProject(use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "options-"));
  try {
    await writeFile(
      join(cwd, ".env"),
      'NODE_OPTIONS="--title=mine --max-old-space-size=300 --require ./pre.cjs"\n',
    );
    await writeFile(
      join(cwd, "node.config.json"),
      '{ "nodeOptions": { "title": "mine", "import": ["./pre.cjs"] } }',
    );
    await writeFile(join(cwd, "pre.cjs"), `globalThis.pre = "loaded";`);
    await writeFile(join(cwd, "show.cjs"), SHOW);
    await writeFile(
      join(cwd, "package.json"),
      `{ "scripts": { "start": "node \\"${appPath("http_cjs.cjs")}\\"" } }`,
    );
    await writeFile(join(cwd, ".npmrc"), 'node-options="--title=npms --require ./pre.cjs"');
    await use(cwd);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function printed({ code, stdout }: Ended): object {
  return { code, stdout };
}

/** What the command reads of files, and the first version of Node that has it. */
const files: readonly (readonly [words: readonly string[], since: number])[] = [
  [["--env-file=.env"], 22],
  [["--env-file", ".env"], 22],
  [["--experimental-default-config-file"], 24],
  [["--experimental-config-file=node.config.json"], 24],
];

for (const { version, path } of nodes) {
  for (const [words] of files.filter((it) => Number.parseInt(version) >= it[1])) {
    Deno.test(`what a file says by "node ${words.join(" ")}" is in force, on node ${version}`, () =>
      inProject(async (cwd) => {
        const command = [path, ...words, "show.cjs"];
        const alone = printed(await new Started(command, { cwd, env: { NODE_OPTIONS: undefined } }).ended);
        const run = await profiled(command, async () => {}, { cwd, env: { NODE_OPTIONS: undefined } });
        assert.deepEqual(printed(run), alone);
        assert.match(run.stdout, /^mine loaded/);
      }));
  }

  Deno.test(`options of a file that are not in force below the command are named, on node ${version}`, {
    ignore: windows || Number.parseInt(version) < 22,
  }, () =>
    inProject(async (cwd) => {
      const env = { NODE_OPTIONS: undefined };
      const run = await profiled(
        ["sh", "-c", `"$0" --env-file=.env "$1"`, path, appPath("http_cjs.cjs")],
        async (started) => {
          const [, port, pid] = await started.printed(/port (\d+) pid (\d+)/);
          await ask(Number(port), "/fast/1");
          await started.printed(
            /The agent reports: the options for node in ".env" are not in force/,
            "stderr",
          );
          process.kill(Number(pid), "SIGTERM");
        },
        { cwd, env },
      );
      assert.equal(run.index.length, 1);
    }));
}

Deno.test(
  "where NODE_OPTIONS are replaced below the command, the summary says that nothing loaded the profiler",
  {
    ignore: windows,
  },
  () =>
    inProject(async (cwd) => {
      const says =
        /nothing was profiled: no node or deno process of the command loaded the profiler; .*NODE_OPTIONS/;
      const command = ["env", "NODE_OPTIONS=--no-warnings", "node", "show.cjs"];
      assert.match((await profiled(command, async () => {}, { cwd })).stderr, says);
      const never = await profiled(["true"], async () => {}, { cwd });
      assert.match(never.stderr, says);
      const loaded = await profiled(["node", "show.cjs"], async () => {}, { cwd });
      assert.match(
        loaded.stderr,
        /nothing was profiled: no server of node:http or Deno.serve listened where the profiler was loaded/,
      );
    }),
);

Deno.test("what npm starts with node-options of an .npmrc is profiled, and has these options", {
  ignore: windows,
}, () =>
  inProject(async (cwd) => {
    const script = `console.log(process.title, globalThis.pre); require(${
      JSON.stringify(appPath("http_cjs.cjs"))
    })`;
    await writeFile(join(cwd, "package.json"), JSON.stringify({ scripts: { start: "node main.cjs" } }));
    await writeFile(join(cwd, "main.cjs"), script);
    const run = await profiled(["npm", "start"], async (started) => {
      const [, port, pid] = await started.printed(/port (\d+) pid (\d+)/);
      await ask(Number(port), "/fast/1");
      await started.printed(/"GET \/fast/, "stderr");
      process.kill(Number(pid), "SIGTERM");
    }, { cwd });
    assert.match(run.stdout, /^npms loaded$/m);
    assert.deepEqual(run.index.map(({ path }) => path), ["/fast/1"]);
  }));
