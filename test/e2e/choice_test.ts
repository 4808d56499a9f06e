/** What is kept, in which formats, and what happens when the disk does not take it. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canMount } from "../support/mounts.ts";
import { checkLaws } from "../support/laws.ts";
import { appPath, ask, contentOf, forms, profiled, type Run, Started } from "../support/profiled.ts";
import { missing, runtimes } from "../support/runtimes.ts";

const [node] = (await runtimes()).filter(({ kind }) => kind === "node");
if (node === undefined) throw new Error("these tests need a node on the PATH");
const command = [node.path, appPath("http_cjs.cjs")];

/** Runs a server with these options and asks it for these paths, one after another. */
function asked(
  options: readonly string[],
  paths: readonly (string | [string, Record<string, string>])[],
): Promise<Run> {
  return profiled(command, async (started) => {
    const port = Number((await started.printed(/port (\d+)/))[1]);
    for (const path of paths) {
      if (typeof path === "string") await ask(port, path);
      else await ask(port, path[0], { headers: path[1] });
    }
    started.kill("SIGTERM");
  }, { options });
}

/** The URLs of the requests that have files. */
function kept(run: Run): string[] {
  checkLaws(run);
  return run.index.filter(({ files }) => files.length > 0).map(({ url }) => url);
}

Deno.test("slow and failed requests are kept, fast ones are listed", async () => {
  const run = await asked(["--min-duration", "39", "--errors"], [
    "/fast/1",
    "/slow/2",
    "/fail",
    "/fast/3",
    "/fast/4",
  ]);
  const wanted = run.index.filter(({ duration, status }) => duration >= 39 || status === 500);
  assert.deepEqual(kept(run), wanted.map(({ url }) => url));
  assert.ok(wanted.some(({ url }) => url === "/slow/2") && wanted.length < 5, JSON.stringify(run.index));
  assert.equal(run.index.length, 5);
});

Deno.test("requests are chosen by path and method", async () => {
  const run = await asked(["--only", "/fast/**", "--only", "GET /", "--skip", "**/2"], [
    "/",
    "/fast/1",
    "/fast/2",
    "/slow/1",
  ]);
  assert.deepEqual(kept(run), ["/", "/fast/1"]);
});

Deno.test("one in three is kept", async () => {
  const run = await asked(["--sample", "1/3"], Array.from({ length: 9 }, (_, i) => `/${i}`));
  assert.deepEqual(kept(run), ["/2", "/5", "/8"]);
});

Deno.test("only requests with the secret are kept, and the secret is written nowhere", async () => {
  const run = await asked(["--trigger", "prof=sesame"], [
    "/no",
    "/query?prof=sesame&x=1",
    "/wrong?prof=guess",
    ["/header", { prof: "sesame" }],
    ["/cookie", { cookie: "a=b; prof=sesame" }],
  ]);
  assert.deepEqual(kept(run), ["/query?prof=***&x=1", "/header", "/cookie"]);
  const everything = [
    run.stderr,
    JSON.stringify(run.index),
    JSON.stringify(run.record),
    ...run.files,
    ...run.files.map((it) => contentOf(run, it)),
  ];
  assert.ok(!everything.join("\n").includes("sesame"));
  assert.ok(!run.stderr.includes("guess"));
});

Deno.test("past --max-files a route keeps its slowest, all are still listed, and one line says so", async () => {
  const run = await asked(["--max-files", "2"], ["/1", "/2", "/3", "/slow/4"]);
  assert.equal(run.index.length, 4);
  const slowest = run.index.find(({ path }) => path === "/slow/4")!;
  assert.equal(run.files.length, 2);
  assert.ok(run.files.includes(slowest.files[0]!), run.files.join());
  assert.deepEqual([run.record.totals.files, run.record.totals.limited], [2, 2]);
  assert.equal(run.stderr.match(/each route keeps its slowest and failed requests/g)?.length, 1);
});

Deno.test("five formats of one request are five files of one name", async () => {
  const run = await profiled(command, async (started) => {
    const port = Number((await started.printed(/port (\d+)/))[1]);
    await ask(port, "/slow/1");
    started.kill("SIGTERM");
  }, { options: ["--format", "cpuprofile,callgrind,pprof,speedscope,folded", "--prof-file", "{path}"] });
  assert.deepEqual([...run.index[0]!.files].sort(), [
    "slow.1.callgrind",
    "slow.1.cpuprofile",
    "slow.1.folded",
    "slow.1.pb.gz",
    "slow.1.speedscope.json",
  ]);
  assert.match(contentOf(run, "slow.1.folded"), /;slowWork [^;]*;spin [^;]* \d+$/m);
});

const READS =
  "--kcachegrind writes a file that callgrind_annotate reads, with the request's cpu as its total";
if (!isInstalled("callgrind_annotate")) missing(READS, "valgrind is not installed");
else {
  Deno.test(READS, async () => {
    const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
    try {
      const started = new Started([
        ...forms.executable,
        "--kcachegrind",
        "--prof-path",
        directory,
        "--prof-file",
        "x",
        "--",
        ...command,
      ]);
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await ask(port, "/slow/1");
      started.kill("SIGTERM");
      await started.ended;
      const { cpu } = JSON.parse(await Deno.readTextFile(join(directory, "index.ndjson")));
      const text = execFileSync("callgrind_annotate", [join(directory, "x.callgrind")], { encoding: "utf8" });
      const total = /^ *([\d,]+) .*PROGRAM TOTALS/m.exec(text)?.[1]?.replaceAll(",", "");
      assert.equal(Number(total), Math.round(cpu * 1000), text);
      assert.match(text, /slowWork|spin/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}

Deno.test("a directory that vanishes costs the profiles, not the server, and comes back", async () => {
  const parent = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  const directory = join(parent, "profiles");
  try {
    const started = new Started([...forms.executable, "--prof-path", directory, "--", ...command]);
    const port = Number((await started.printed(/port (\d+)/))[1]);
    await ask(port, "/before");
    await started.printed(/GET \/before/, "stderr");
    await rename(directory, join(parent, "elsewhere"));
    assert.equal((await ask(port, "/while")).status, 200);
    await started.printed(/Cannot write profiles to/, "stderr");
    await rename(join(parent, "elsewhere"), directory);
    await ask(port, "/after");
    started.kill("SIGTERM");
    const { code, stderr } = await started.ended;
    assert.equal(code, 0);
    assert.equal(stderr.match(/Cannot write profiles to/g)?.length, 1, stderr);
    const lines = (await Deno.readTextFile(join(directory, "index.ndjson"))).trim().split("\n").map((it) =>
      JSON.parse(it)
    );
    assert.deepEqual(
      lines.map(({ url }) => url),
      ["/before", "/while", "/after"],
      "lines wait until they can be written",
    );
    assert.deepEqual(lines.map(({ files }) => files.length), [1, 0, 1]);
    const record = JSON.parse(await Deno.readTextFile(join(directory, "run.json")));
    assert.deepEqual([record.totals.requests, record.totals.files, record.drops.unwritten], [3, 2, 1]);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

/** A file system of 64 kB, mounted for the time of a test; only root may. */
async function onSmallDisk(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
  try {
    await use(directory);
  } finally {
    execFileSync("umount", ["-l", directory]);
    await rm(directory, { recursive: true, force: true });
  }
}

if (!canMount()) missing("a full disk", "only root can mount a small one");
else {
  Deno.test("a full disk costs profiles, not the server; nothing is half-written, and the numbers are true", () =>
    onSmallDisk(async (directory) => {
      const started = new Started([...forms.executable, "--prof-path", directory, "--", ...command]);
      const port = Number((await started.printed(/port (\d+)/))[1]);
      for (let i = 0; i < 60; i++) assert.equal((await ask(port, `/fast/${i}`)).status, 200);
      started.kill("SIGTERM");
      const { code, stderr } = await started.ended;
      assert.equal(code, 0);
      assert.match(stderr, /Cannot write profiles to ".*": the disk is full/);
      assert.match(stderr, /Lost: .*that could not be written/);
      for (const { name } of Deno.readDirSync(directory)) {
        assert.ok(!name.includes(".tmp"), `${name} is half-written`);
        if (name.endsWith(".cpuprofile")) JSON.parse(await Deno.readTextFile(join(directory, name)));
      }
      const files = [...Deno.readDirSync(directory)].filter(({ name }) =>
        name.endsWith(".cpuprofile")
      ).length;
      assert.ok(files > 0 && files < 60, `${files} files`);
      assert.match(stderr, new RegExp(`60 requests .*, ${files} profiles`));
    }));
}
