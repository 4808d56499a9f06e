/** `--calls` beside coverage that others take of the server: theirs stays as it is, and a sentence says that calls are not counted. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appPath, ask, type Ended, forms, profiled, type Run, Started } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing, type Runtime, runtimes } from "../support/runtimes.ts";

const all = await runtimes();
const nodes = all.filter(({ kind }) => kind === "node");
const major = ({ version }: Runtime) => Number(version.split(".")[0]);
const options = ["--calls"];

async function withDirectory<T>(act: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "calls-coverage-"));
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function useTwice(started: Started): Promise<void> {
  const port = Number((await started.printed(/port (\d+)/))[1]);
  for (let i = 0; i < 2; i++) await ask(port, `/called?${i}`);
  started.kill("SIGTERM");
}

/** What Node wrote of the server's functions. */
async function written(directory: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const name of await readdir(directory)) {
    const { result } = JSON.parse(await readFile(join(directory, name), "utf8"));
    for (const { url, functions } of result) if (url.endsWith("/calls.cjs")) found.push(functions);
  }
  return found;
}

function checkUncounted(run: Run, reason: RegExp): void {
  assert.ok(run.index.length > 0);
  assert.ok(run.index.every(({ calls }) => calls === undefined), "calls were counted");
  assert.match(run.stderr, reason);
}

for (const node of nodes) {
  Deno.test(`beside NODE_V8_COVERAGE calls are not counted, and its counts are the same, on node ${node.version}`, () =>
    withDirectory(async (directory) => {
      const command = [node.path, appPath("calls.cjs")];
      const alone = new Started(command, { env: { NODE_V8_COVERAGE: directory } });
      await useTwice(alone);
      await alone.ended;
      const expected = await written(directory);
      assert.equal(expected.length, 1);
      await withDirectory(async (directory) => {
        const run = await profiled(command, useTwice, { options, env: { NODE_V8_COVERAGE: directory } });
        checkUncounted(run, /calls are not counted in process \d+: Node takes its coverage/);
        assert.deepEqual(await written(directory), expected);
      });
    }));

  // Before Node 22 its report of coverage cannot be told which files to leave out.
  if (major(node) >= 22) {
    Deno.test(`beside node --test with coverage calls are not counted, and its report is the same, on node ${node.version}`, async () => {
      const flags = ["--test", "--experimental-test-coverage", "--test-coverage-exclude=none"];
      const command = [node.path, ...flags, appPath("covered.test.mjs")];
      const report = ({ stdout }: Ended) => stdout.split("\n").filter((it) => it.includes(" | "));
      const expected = report(await new Started(command).ended);
      assert.ok(expected.length >= 3, expected.join("\n"));
      const run = await profiled(command, async () => {}, { options });
      checkUncounted(run, /calls are not counted in process \d+: /);
      assert.deepEqual(report(run), expected);
    });
  }

  Deno.test(`a server that profiles itself costs the counts of the request meanwhile, not others, on node ${node.version}`, async () => {
    const run = await profiled([node.path, appPath("calls.cjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (const path of ["/1", "/profiled", "/2"]) await ask(port, path);
      started.kill("SIGTERM");
    }, { options });
    const counts = run.index.map(({ calls }) => calls?.find((it) => it.function === "calledOften")?.count);
    assert.deepEqual(counts, [1234, undefined, 1234]);
  });
}

const beside = await installedProject("beside");
if (beside === undefined) {
  missing("c8 beside --calls", "test/projects/beside is not installed: MATRIX=all does that");
}
for (const node of beside === undefined ? [] : nodes) {
  // Older ones it does not support.
  if (major(node) < 20) continue;
  Deno.test(`beside c8 calls are not counted, and its report is the same, on node ${node.version}`, () =>
    withDirectory(async (directory) => {
      const c8 = join(beside!, "node_modules", "c8", "bin", "c8.js");
      const flags = ["--allowExternal", "--exclude-node-modules=false", "--exclude=none"];
      const command = [
        ...[node.path, c8, "--temp-directory", directory, ...flags],
        ...[node.path, "--test-reporter=tap", appPath("covered.test.mjs")],
      ];
      const report = ({ stdout }: Ended) => stdout.split("\n").filter((line) => line.includes(" | "));
      const expected = report(await new Started(command).ended);
      assert.equal(expected.length, 4, expected.join("\n"));
      const run = await profiled(command, async () => {}, { options });
      checkUncounted(run, /calls are not counted in process \d+: Node takes its coverage/);
      assert.deepEqual(report(run), expected);
    }));
}

for (const { version, path } of all.filter(({ kind }) => kind === "deno")) {
  Deno.test(`--calls is refused beside the coverage of deno ${version}`, async () => {
    const command = [path, "run", "-A", "--coverage=/tmp/unused", appPath("calls.cjs")];
    const { code, stderr } = await new Started([...forms.executable, ...options, ...command]).ended;
    assert.equal(code, 2);
    assert.equal(
      stderr,
      'profsrv: --calls does not go with Deno\'s "--coverage=/tmp/unused": counting calls would change its coverage\n',
    );
  });
}
