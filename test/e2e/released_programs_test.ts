/** The executables of a release, run: in an empty root, on arm64, on Windows. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import config from "../../deno.json" with { type: "json" };
import { runtime } from "../../build/runtimes.ts";
import { onArm64, whyNoArm64, writeArm64Program } from "../support/arm64.ts";
import { inEmptyRoot } from "../support/empty_root.ts";
import { Started } from "../support/profiled.ts";
import { missing } from "../support/runtimes.ts";
import { whyNoWine, windowsPath, WindowsProgram } from "../support/wine.ts";

const released = (name: string) =>
  join(import.meta.dirname!, "..", "..", "dist", "release", `profsrv-${config.version}-${name}`);
const node = { kind: "node", version: "26.10.0" } as const;

/** Asks itself once and ends. */
const ASKED = `
const http = require("node:http");
const server = http.createServer((request, response) => {
  for (const end = Date.now() + 30; Date.now() < end;);
  response.end("done");
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  http.get({ host: "127.0.0.1", port, path: "/asked" }, (it) => it.resume().on("end", () => server.close()));
});
`;

/** Words of the command's that Node would read out of the command line of a single executable. */
const WORDS = [
  "--experimental-config-file=missing.json",
  "--experimental-default-config-file",
  "--env-file=missing",
];

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "released-test-"));
  try {
    await writeFile(join(directory, "asked.cjs"), ASKED);
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function askedPaths(profiles: string): Promise<string[]> {
  const lines = (await readFile(join(profiles, "index.ndjson"), "utf8")).trim().split("\n");
  return lines.map((it) => JSON.parse(it).path);
}

function inEmptyRootTest(): void {
  Deno.test("in a root with its libraries only it reports a run and shows it, and with a node it profiles", () =>
    inDirectory((directory) =>
      inEmptyRoot(released("linux-x64"), async ({ run, add, libraries, directory: root }) => {
        const program = `/profsrv-${config.version}-linux-x64`;
        // docs/install.md names those that are not in every system.
        assert.deepEqual(libraries.filter((it) => !/^(?:ld-linux|lib(?:c|m|dl|pthread)\.so)/.test(it)), [
          "libatomic.so.1",
          "libgcc_s.so.1",
          "libstdc++.so.6",
        ]);
        const version = await run([program, "--version"]);
        assert.deepEqual(version, { code: 0, stdout: `${config.version}\n`, stderr: "" });

        const here = new Started([released("linux-x64"), "--prof-path", "saved", "node", "asked.cjs"], {
          cwd: directory,
        });
        assert.equal((await here.ended).code, 0, here.stderr);
        await add(join(directory, "saved"), "saved");
        const report = await run([program, "report", "/saved"]);
        assert.deepEqual([report.code, report.stderr], [0, ""]);
        assert.match(report.stdout, /GET \/asked/);
        const view = await run([program, "view", "/saved", "--html", "/run.html"]);
        assert.equal(view.code, 0, view.stderr);
        assert.match(await readFile(join(root, "run.html"), "utf8"), /^<!doctype html>/i);

        await add((await runtime(node))!, "node");
        await add(join(directory, "asked.cjs"), "asked.cjs");
        const profiled = await run([program, "--prof-path", "/made", "--", "/node", "/asked.cjs"]);
        assert.equal(profiled.code, 0, profiled.stderr);
        assert.deepEqual(await askedPaths(join(root, "made")), ["/asked"]);

        const names = await readdir(root, { recursive: true });
        await rm(join(root, names.find((it) => it.endsWith("/libatomic.so.1"))!));
        const without = await run([program, "--version"]);
        assert.equal(without.code, 127);
        // docs/install.md has these words of the system's.
        assert.match(
          without.stderr,
          /error while loading shared libraries: libatomic\.so\.1: cannot open shared object file/,
        );
      })
    ));
}

function onArm64Test(): void {
  Deno.test("the executable for arm64 leaves a command its words, and profiles a server", () =>
    inDirectory(async (directory) => {
      const program = onArm64(released("linux-arm64"));
      await writeFile(join(directory, "shows"), `#!/bin/sh\nprintf '%s\\n' "$@"\n`, { mode: 0o755 });
      const shown = new Started([...program, "--quiet", "./shows", ...WORDS], { cwd: directory });
      assert.deepEqual(await shown.ended, {
        code: 0,
        signal: null,
        stdout: WORDS.map((it) => `${it}\n`).join(""),
        stderr: "",
      });
      await writeArm64Program(join(directory, "node"), (await runtime(node, "linux-arm64"))!);
      const PATH = directory + delimiter + process.env["PATH"];
      const words = [...program, "--prof-path", "made", "--", "node", "asked.cjs"];
      const profiled = new Started(words, { cwd: directory, env: { PATH } });
      assert.equal((await profiled.ended).code, 0, profiled.stderr);
      assert.deepEqual(await askedPaths(join(directory, "made")), ["/asked"]);
    }));
}

function onWindowsTest(): void {
  Deno.test("the executable for Windows starts", async () => {
    const program = await windowsPath(released("windows-x64.exe"));
    const version = await (await WindowsProgram.start([program, "--version"])).ended;
    assert.deepEqual([version.code, version.stdout.trim()], [0, config.version]);
  });
}

if (process.env["MATRIX"] !== "all") {
  missing("the executables of a release", "it takes minutes to make them; MATRIX=all does it");
} else {
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  if (isRoot) inEmptyRootTest();
  else missing("an empty root", "only root of a Linux can enter one");
  const noArm64 = await whyNoArm64();
  if (noArm64 === undefined) onArm64Test();
  else missing("the executable for Linux on arm64", noArm64);
  const noWine = await whyNoWine();
  if (noWine === undefined) onWindowsTest();
  else missing("the executable for Windows", noWine);
}
