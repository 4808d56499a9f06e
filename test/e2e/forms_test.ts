/** The ways profsrv is started, and the ways a server is. */
import assert from "node:assert/strict";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { checkLaws } from "../support/laws.ts";
import {
  appPath,
  ask,
  formNames,
  forms,
  profiled,
  type ProfiledOptions,
  type Run,
  Started,
} from "../support/profiled.ts";
import { runtimes } from "../support/runtimes.ts";

const [node] = (await runtimes()).filter(({ kind }) => kind === "node");
if (node === undefined) throw new Error("these tests need a node on the PATH");

/** Runs a server that says its port (and its pid, where it is not the command itself), asks it three times and ends it. */
function threeRequests(command: readonly string[], options: ProfiledOptions = {}): Promise<Run> {
  return profiled(command, async (started) => {
    const [, port, , pid] = await started.printed(/port (\d+)( pid (\d+))?\n/);
    for (const path of ["/", "/slow/1", "/fast/2"]) assert.equal((await ask(Number(port), path)).status, 200);
    // npm does not pass SIGTERM on: it dies, and its server lives on. So does it under profsrv.
    if (pid !== undefined) process.kill(Number(pid), "SIGTERM");
    else started.kill("SIGTERM");
  }, options);
}

function checkThree(run: Run): void {
  checkLaws(run);
  assert.deepEqual(run.index.map(({ path }) => path), ["/", "/slow/1", "/fast/2"]);
  assert.equal(run.files.length, 3);
}

for (const form of formNames) {
  Deno.test(
    `profsrv runs as ${forms[form].slice(0, -1).join(" ") || "an executable"}`.replaceAll(
      Deno.execPath(),
      "deno",
    ),
    async () => {
      const run = await threeRequests([node.path, appPath("http_cjs.cjs")], { form });
      assert.deepEqual([run.code, run.signal], [0, null]);
      checkThree(run);
    },
  );

  Deno.test(`the ${form} form dies of the signal that the command died of`, async () => {
    const run = await profiled([node.path, appPath("hello.cjs")], async (started) => {
      const port = Number((await started.printed(/port (\d+)/))[1]);
      await ask(port, "/last");
      started.kill("SIGTERM");
    }, { form });
    assert.deepEqual([run.code, run.signal], [null, "SIGTERM"]);
    assert.equal(run.index.length, 1, "the last request is not lost");
    checkLaws(run);
  });

  Deno.test(`the ${form} form passes the command's exit code on`, async () => {
    const started = new Started([...forms[form], "--quiet", "--", node.path, "-e", "process.exit(7)"]);
    assert.deepEqual(await started.ended, { code: 7, signal: null, stdout: "", stderr: "" });
  });

  Deno.test(`the ${form} form prints its version`, async () => {
    const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
    const { code, stdout } = await new Started([...forms[form], "--version"]).ended;
    assert.deepEqual([code, stdout.trim()], [0, version]);
  });
}

/** A project with a `start` script, in a directory with a space in its name. */
async function inProject(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "my project ")));
  try {
    const scripts = { start: `node "${appPath("http_cjs.cjs")}"` };
    await writeFile(
      join(directory, "package.json"),
      JSON.stringify({ name: "app", version: "1.0.0", scripts }),
    );
    await writeFile(
      join(directory, "server.ts"),
      `import { createServer, type Server } from "node:http";
      enum Word { Done = "done" }
      const server: Server = createServer((_request, response) => void response.end(Word.Done));
      server.listen(0, "127.0.0.1", () => console.log("port " + (server.address() as { port: number }).port));
      process.once("SIGTERM", () => server.close(() => process.exit(0)));\n`,
    );
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const env = { PATH: dirname(node.path) + delimiter + process.env["PATH"] };

Deno.test("npm start is profiled, and npm itself is not", () =>
  inProject(async (cwd) => {
    const run = await threeRequests(["npm", "start"], { cwd, env });
    checkThree(run);
    assert.equal(run.record.totals.processes, 1);
  }));

Deno.test("a server that outlives the command runs on, and the nodes it starts do too", () =>
  inProject(async (cwd) => {
    const asked = join(cwd, "asked");
    const script = `"$0" "$1" & until [ -e "$2" ]; do sleep 0.1; done`;
    const shell = ["sh", "-c", script, node.path, appPath("http_cjs.cjs"), asked];
    const started = new Started([...forms.executable, "--", ...shell], { env: { TMPDIR: cwd } });
    const [, port, pid] = await started.printed(/port (\d+) pid (\d+)/);
    try {
      await ask(Number(port), "/slow/1");
      await writeFile(asked, "");
      await started.printed(/1 request /, "stderr");
      await new Promise((resolve) => started.child.on("exit", resolve));
      assert.equal((await ask(Number(port), "/child")).body, "7");
      const left = [...Deno.readDirSync(cwd)].filter(({ name }) => name.startsWith("profsrv-spool-"));
      assert.deepEqual(left, []);
    } finally {
      process.kill(Number(pid), "SIGKILL");
    }
  }));

Deno.test("a shell command that starts a server is profiled", async () => {
  checkThree(
    await threeRequests(["sh", "-c", `exec "$0" "$1"`, node.path, appPath("http_esm.mjs")], { env }),
  );
});

Deno.test("a TypeScript server under tsx is profiled", () =>
  inProject(async (cwd) => {
    const tsx = join(import.meta.dirname!, "..", "..", "node_modules", "tsx", "dist", "cli.mjs");
    checkThree(await threeRequests([node.path, tsx, "server.ts"], { cwd }));
  }));

Deno.test("what the user has in NODE_OPTIONS stays, and a preload with a space in its path is found", () =>
  inProject(async (cwd) => {
    await writeFile(join(cwd, "preload.cjs"), `console.log("preloaded", process.title);`);
    const env = { NODE_OPTIONS: `--require "${join(cwd, "preload.cjs")}" --title=mine` };
    const run = await threeRequests([node.path, appPath("http_cjs.cjs")], { env });
    assert.match(run.stdout, /preloaded mine/);
    checkThree(run);
  }));

Deno.test("a temporary directory with a space and a quote in its name will do", () =>
  inProject(async (cwd) => {
    const odd = join(cwd, `te"mp dir`);
    await Deno.mkdir(odd);
    checkThree(await threeRequests([node.path, appPath("http_cjs.cjs")], { env: { TMPDIR: odd } }));
    assert.deepEqual([...Deno.readDirSync(odd)].map(({ name }) => name), [], "the spool is gone");
  }));

Deno.test("file names follow --prof-file, directories included", async () => {
  const options = ["--prof-file", "{method}/{duration:06d}ms.{path}"];
  const run = await threeRequests([node.path, appPath("http_cjs.cjs")], { options });
  checkLaws(run);
  for (const file of run.files) assert.match(file, /^GET\/\d{6}ms\.(root|slow\.1|fast\.2)\.cpuprofile$/);
});

Deno.test("without --prof-path profiles go to a private directory in TMPDIR, which is named", () =>
  inProject(async (cwd) => {
    const command = [...forms.executable, "--", node.path, appPath("http_cjs.cjs")];
    const started = new Started(command, { env: { TMPDIR: cwd } });
    await ask(Number((await started.printed(/port (\d+)/))[1]), "/fast/1");
    started.kill("SIGTERM");
    const { stderr } = await started.ended;
    const [, directory = ""] = /profiles go to (.+)/.exec(stderr) ?? [];
    assert.ok(directory.startsWith(join(cwd, "profsrv-")), stderr);
    const { mode } = await Deno.stat(directory);
    assert.equal(mode! & 0o777, 0o700);
  }));
