/** What commands are on Windows, below wine: what docs/windows.md says of them. */
import assert from "node:assert/strict";
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "../../build/runtimes.ts";
import { appPath, ask } from "../support/profiled.ts";
import { installedProject } from "../support/projects.ts";
import { missing } from "../support/runtimes.ts";
import { computeAndInterrupt, executable, INTERRUPTED, profiledOnWindows } from "../support/windows.ts";
import { whyNoWine, windowsPath, WindowsProgram, windowsRuntime } from "../support/wine.ts";

const node24 = { kind: "node", version: "24.21.0" } as const;

/** A folder with what was installed there: its name has a space. */
async function inFolder(fill: (folder: string) => Promise<void>, use: (folder: string) => Promise<void>) {
  const parent = await mkdtemp(join(tmpdir(), "windows-folder-"));
  try {
    const folder = join(parent, "with space");
    await mkdir(folder);
    await fill(folder);
    await use(folder);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** What npm puts before the program of a package. */
const SHIM = String.raw`@ECHO off
GOTO start
:find_dp0
SET dp0=%~dp0
EXIT /b
:start
SETLOCAL
CALL :find_dp0

IF EXIST "%dp0%\node.exe" (
  SET "_prog=%dp0%\node.exe"
) ELSE (
  SET "_prog=node"
  SET PATHEXT=%PATHEXT:;.JS;=;%
)

endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\..\words\words.cjs" %*
`.replaceAll("\n", "\r\n");

const WORDS = ["a", "b c", 'd"e', "f%PATH%g", "h^i", "j&k", "", "l\\", 'm\\"n', "!o!", "(p", "q;r,s=t", "%"];

async function installShim(folder: string): Promise<void> {
  const packages = join(folder, "node_modules");
  await mkdir(join(packages, ".bin"), { recursive: true });
  await mkdir(join(packages, "words"));
  await writeFile(
    join(packages, "words", "words.cjs"),
    "console.log(JSON.stringify(process.argv.slice(2)))",
  );
  await writeFile(join(packages, ".bin", "words.cmd"), SHIM);
  await writeFile(join(folder, "outer.bat"), '@"%~dp0node_modules\\.bin\\words.cmd" %*\r\n');
}

/** Node with npm beside it, as Node's own installer leaves them. */
async function installNode(folder: string): Promise<void> {
  const project = await installedProject("npm");
  const npm = join(project!, "node_modules", "npm");
  await copyFile((await runtime(node24, "win32-x64"))!, join(folder, "node.exe"));
  for (const name of ["npm.cmd", "npx.cmd"]) await copyFile(join(npm, "bin", name), join(folder, name));
  await cp(npm, join(folder, "node_modules", "npm"), { recursive: true });
  const app = join(folder, "app");
  await mkdir(app);
  await copyFile(appPath("endings.cjs"), join(app, "endings.cjs"));
  await writeFile(join(app, "package.json"), JSON.stringify({ scripts: { start: "node endings.cjs" } }));
}

async function registerTests(): Promise<void> {
  const node = await windowsRuntime({ kind: "node", version: "26.10.0" });
  const endings = await windowsPath(appPath("endings.cjs"));
  const exe = await windowsPath(executable);

  Deno.test("on Windows a command is found by a PATH with quotes, and node.js is not node", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "windows-cwd-"));
    try {
      await writeFile(join(cwd, "node.js"), "");
      const folder = node.slice(0, node.lastIndexOf("\\"));
      const run = await profiledOnWindows(
        ["node", endings],
        async (_, port) => void await ask(port, "/close"),
        {
          cwd,
          env: { WINEPATH: `"${folder}"` },
        },
      );
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual(run.paths, ["/close"]);
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  });

  for (const version of ["20.20.2", "22.23.3", "24.21.0", "26.10.0"]) {
    Deno.test(`on Windows the title of a process is as it is alone on Node ${version}`, async () => {
      const command = [await windowsRuntime({ kind: "node", version }), "-e", "console.log(process.title)"];
      const alone = await (await WindowsProgram.start(command)).ended;
      const below = await (await WindowsProgram.start([exe, "--quiet", "--", ...command])).ended;
      assert.deepEqual(below, alone);
      assert.match(alone.stdout, /node/);
    });
  }

  for (const name of ["outer", "node_modules\\.bin\\words.cmd"]) {
    Deno.test(`on Windows every word reaches what a batch file runs: ${name}`, () =>
      inFolder(installShim, async (folder) => {
        const words = [`${await windowsPath(folder)}\\${name}`, ...WORDS];
        const env = { WINEPATH: node.slice(0, node.lastIndexOf("\\")) };
        const ended = await (await WindowsProgram.start([exe, "--quiet", "--", ...words], { env })).ended;
        assert.equal(ended.code, 0, ended.stderr);
        assert.deepEqual(JSON.parse(ended.stdout), WORDS);
      }));
  }

  Deno.test("on Windows deno.cmd is Deno: it gets the permissions that are missing", () =>
    inFolder(async (folder) => {
      const deno = await windowsRuntime({ kind: "deno", version: "2.9.6" });
      await writeFile(join(folder, "deno.cmd"), `@"${deno}" %*\r\n`);
    }, async (folder) => {
      const command = ["deno", "run", "--allow-net", endings];
      const run = await profiledOnWindows(command, async (_, port) => void await ask(port, "/close"), {
        env: { WINEPATH: await windowsPath(folder) },
      });
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stderr, /Deno also gets .*--allow-write=C:/);
      assert.deepEqual(run.paths, ["/close"]);
    }));

  Deno.test("on Windows a computation below npm ends by Ctrl-C", () =>
    inFolder(installNode, async (folder) => {
      const run = await profiledOnWindows(["npm", "start"], computeAndInterrupt, {
        cwd: join(folder, "app"),
        env: { WINEPATH: `"${await windowsPath(folder)}"` },
      });
      assert.equal(run.code, INTERRUPTED, run.stderr);
      assert.match(run.stderr, /computes without a pause/);
      assert.deepEqual(run.paths, ["/"]);
    }));
}

const reason = await whyNoWine();
if (reason === undefined) await registerTests();
else missing("commands on Windows", reason);
