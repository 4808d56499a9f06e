/** Who else profiles a server, or takes its coverage: it works and prints as without profsrv, and each request has its samples. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seenRun } from "../support/laws.ts";
import { appPath, ask, type Ended, profiled, type Run, Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, type Runtime, runtimes } from "../support/runtimes.ts";

const nodes = (await runtimes()).filter(({ kind }) => kind === "node");
const major = ({ version }: Runtime) => Number(version.split(".")[0]);

/** What V8's own function for profiles can do, and what it cannot. */
const INTERVALS = ["1000", "250"];

interface Case {
  readonly about: string;
  /** What the server is asked for, in turn. */
  readonly paths: readonly string[];
  /** Given the directory to write to. */
  readonly flags?: (directory: string) => readonly string[];
  readonly env?: (directory: string) => Record<string, string>;
  /** What must be the same with and without profsrv, of what was written to the directory. */
  readonly written?: (directory: string) => Promise<unknown>;
}

const cases: readonly Case[] = [
  { about: "a client of the inspector that profiles on demand", paths: ["/session", "/session"] },
  { about: "console.profileEnd() without a profile", paths: ["/end", "/end", "/end"] },
  { about: "console.profile() without a client", paths: ["/console", "/console", "/end", "/end", "/end"] },
  {
    about: "--cpu-prof",
    paths: ["/counted", "/session", "/counted"],
    flags: (directory) => ["--cpu-prof", "--cpu-prof-dir", directory],
    written: cpuProfile,
  },
  {
    about: "NODE_V8_COVERAGE",
    paths: ["/counted", "/session", "/counted", "/counted"],
    env: (directory) => ({ NODE_V8_COVERAGE: directory }),
    written: coverage,
  },
];

/** Whether the profile is whole, and has seen what the server did. */
async function cpuProfile(directory: string): Promise<unknown> {
  const [name = "", ...others] = await readdir(directory);
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(join(directory, name), "utf8"));
  const names = nodes.map((node: { callFrame: { functionName: string } }) => node.callFrame.functionName);
  return [others, names.includes("burn"), samples.length === timeDeltas.length];
}

/** Which files have run, and how often each function of the server. */
async function coverage(directory: string): Promise<unknown> {
  const found: unknown[] = [];
  for (const name of await readdir(directory)) {
    const { result } = JSON.parse(await readFile(join(directory, name), "utf8"));
    for (const { url, functions } of result) {
      if (url.startsWith("file:")) found.push(url);
      if (!url.endsWith("/profiling.cjs")) continue;
      for (const { functionName, isBlockCoverage, ranges: [{ count }] } of functions) {
        // How often it looks at the clock is another number each time.
        if (functionName !== "used") found.push([functionName, isBlockCoverage, Math.min(count, 5)]);
      }
    }
  }
  return found;
}

async function use(started: Started, paths: readonly string[]): Promise<unknown[]> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  const answers: unknown[] = [];
  for (const path of paths) {
    const { status, body } = await ask(port, path);
    answers.push([path, status, body]);
  }
  await ask(port, "/exit").catch(() => {});
  return answers;
}

/** What differs between any two runs of the same program, taken out. */
function stable({ code, signal, stdout, stderr }: Ended): Ended {
  return { code, signal, stdout: stdout.replace(/port \d+/, "port"), stderr };
}

async function withDirectory<T>(act: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** `/exit` ends before it has burnt anything. */
function unseen(run: Run): string[] {
  return run.index.filter(({ path, samples }) => path !== "/exit" && samples === 0).map(({ path }) => path);
}

/** Each request computes for 60 ms; a busy machine may not let V8's sampler run for most of them. */
function samplesOf(run: Run): number {
  return run.index.reduce((sum, { samples }) => sum + samples, 0);
}

for (const node of nodes) {
  for (const { about, paths, flags, env, written } of cases) {
    Deno.test(`beside ${about} all is as alone, node ${node.version}`, async (test) => {
      const command = (directory: string) => [
        node.path,
        ...(flags?.(directory) ?? []),
        appPath("profiling.cjs"),
      ];
      const bare = await withDirectory(async (directory) => {
        const alone = new Started(command(directory), { env: env?.(directory) ?? {} });
        return [await use(alone, paths), stable(await alone.ended), await written?.(directory)];
      });
      for (const interval of INTERVALS) {
        const options = ["--quiet", "--interval", interval];
        const make = () =>
          withDirectory(async (directory) => {
            let answers: unknown[] = [];
            const run = await profiled(
              command(directory),
              async (started) => void (answers = await use(started, paths)),
              { options, env: env?.(directory) ?? {} },
            );
            assert.deepEqual([answers, stable(run), await written?.(directory)], bare);
            return run;
          });
        await test.step(`at ${interval} us`, async () => {
          const run = await seenRun(
            make,
            "12 samples of each request",
            (run) => unseen(run).length === 0 && samplesOf(run) >= 12 * paths.length,
          );
          assert.deepEqual(unseen(run), [], "without samples");
          assert.ok(
            samplesOf(run) >= 12 * paths.length,
            `only ${samplesOf(run)} samples of ${paths.length} requests`,
          );
          assert.equal(run.index.length, paths.length + 1);
        });
      }
    });
  }

  // Before Node 22 its report of coverage cannot be told which files to leave out.
  if (major(node) < 22) continue;
  Deno.test(`node --test reports the same coverage, node ${node.version}`, async (test) => {
    const command = [
      node.path,
      "--test",
      "--experimental-test-coverage",
      // In place of the default, which is what lies in a directory called `test`.
      "--test-coverage-exclude=none",
      appPath("covered.test.mjs"),
    ];
    const report = ({ code, stdout, stderr }: Ended) => [
      code,
      stdout.replace(/duration_ms:? [\d.]+|\([\d.]+ms\)/g, "duration"),
      stderr,
    ];
    const alone = await new Started(command).ended;
    assert.match(alone.stdout, /covered\.cjs/);
    for (const interval of INTERVALS) {
      await test.step(`at ${interval} us`, async () => {
        const run = await profiled(command, async () => {}, { options: ["--quiet", "--interval", interval] });
        assert.deepEqual(report(run), report(alone));
        assert.equal(run.index.length, 20);
      });
    }
  });
}

const beside = await installedProject("beside");
if (beside === undefined) {
  missing("c8 reports the same coverage", "test/projects/beside is not installed: MATRIX=all does that");
}
for (const node of beside === undefined ? [] : nodes) {
  // Older ones it does not support.
  if (major(node) < 20) continue;
  Deno.test(`c8 reports the same coverage on node ${node.version}`, () =>
    withDirectory(async (directory) => {
      // No file is left out.
      const options = ["--allowExternal", "--exclude-node-modules=false", "--exclude=none"];
      const c8 = [
        join(beside!, "node_modules", "c8", "bin", "c8.js"),
        "--temp-directory",
        directory,
        ...options,
      ];
      const command = [node.path, ...c8, node.path, "--test-reporter=tap", appPath("covered.test.mjs")];
      const report = ({ stdout }: Ended) => stdout.split("\n").filter((line) => line.includes(" | "));
      const expected = report(await new Started(command).ended);
      assert.equal(expected.length, 4, expected.join("\n"));
      const run = await profiled(command, async () => {}, { options: ["--quiet"] });
      assert.deepEqual(report(run), expected);
      assert.equal(run.index.length, 20);
    }));
}
