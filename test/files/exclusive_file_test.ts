import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { linkSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { directoryBelow } from "../../src/files/directories.ts";
import { OwnFile } from "../../src/files/own_file.ts";
import { writeExclusive } from "../../src/files/exclusive_file.ts";

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);
const candidate = (n: number) => n === 1 ? "name.txt" : `name-${n}.txt`;

Deno.test("a name that is taken is left alone, and the next one is used", () =>
  inDirectory(async (directory) => {
    await writeFile(join(directory, "name.txt"), "somebody's");
    assert.equal(writeExclusive(directory, candidate, bytes("first")).name, "name-2.txt");
    assert.equal(writeExclusive(directory, candidate, bytes("second")).name, "name-3.txt");
    assert.equal(await readFile(join(directory, "name.txt"), "utf8"), "somebody's");
    assert.equal(await readFile(join(directory, "name-2.txt"), "utf8"), "first");
    assert.deepEqual((await readdir(directory)).sort(), ["name-2.txt", "name-3.txt", "name.txt"]);
  }));

Deno.test("a symbolic link under the name is not followed", () =>
  inDirectory(async (directory) => {
    const outside = join(directory, "outside");
    await mkdir(join(directory, "in"));
    await symlink(outside, join(directory, "in", "name.txt"));
    assert.equal(writeExclusive(join(directory, "in"), candidate, bytes("text")).name, "name-2.txt");
    await assert.rejects(readFile(outside));
  }));

Deno.test("when the directory is gone it throws and leaves nothing", () =>
  inDirectory(async (directory) => {
    assert.throws(() => writeExclusive(join(directory, "gone"), candidate, bytes("text")), /ENOENT/);
    assert.deepEqual(await readdir(directory), []);
  }));

Deno.test("two processes that want the same names overwrite nothing of each other", () =>
  inDirectory(async (directory) => {
    const module = new URL("../../src/files/exclusive_file.ts", import.meta.url).href;
    const script = `
      const { writeExclusive } = await import(${JSON.stringify(module)});
      for (let i = 0; i < 300; i++) {
        writeExclusive(${
      JSON.stringify(directory)
    }, (n) => n === 1 ? "same" : "same-" + n, new TextEncoder().encode(Deno.args[0] + i));
      }`;
    await writeFile(join(directory, "script.ts"), script);
    await Promise.all(["a", "b"].map((who) =>
      new Promise<void>((resolve, reject) => {
        const args = ["run", "-A", "--no-check", "--no-config", join(directory, "script.ts"), who];
        spawn(Deno.execPath(), args, { stdio: "inherit" })
          .on("exit", (code) => code === 0 ? resolve() : reject(new Error(`ended with ${code}`)));
      })
    ));
    await rm(join(directory, "script.ts"));
    const names = await readdir(directory);
    const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
    assert.equal(names.length, 600);
    assert.equal(new Set(texts).size, 600);
  }));

/** A library that lets no hard link be made; loaded first into a process, it fails with the code that LINK_FAILS names. */
const noLinks = `
#include <errno.h>
#include <stdlib.h>
int link(const char *a, const char *b) { errno = atoi(getenv("LINK_FAILS")); return -1; }
int linkat(int c, const char *a, int d, const char *b, int e) { return link(a, b); }
`;
const codes = [
  "EISDIR",
  "EPERM",
  "ENOTSUP",
  "EINVAL",
  "EACCES",
  "ENOSYS",
  "EXDEV",
  "EMLINK",
  "EIO",
  "ENOENT",
] as const;
const hasCompiler = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

Deno.test(
  `where the system cannot link, however it says so, files are written all the same: ${codes.join(" ")}`,
  {
    ignore: !hasCompiler,
  },
  () =>
    inDirectory(async (directory) => {
      const tools = join(directory, "tools");
      await mkdir(tools);
      await writeFile(join(tools, "no_links.c"), noLinks);
      const library = join(tools, "no_links.so");
      assert.equal(spawnSync("cc", ["-shared", "-fPIC", "-o", library, join(tools, "no_links.c")]).status, 0);
      await writeFile(join(tools, "script.ts"), scriptOf("name"));
      for (const code of codes) {
        const place = join(directory, code);
        await mkdir(place);
        await writeFile(join(place, "name"), "somebody's");
        await symlink(join(directory, "outside"), join(place, "name-2"));
        const env = { ...process.env, LD_PRELOAD: library, LINK_FAILS: String(constants.errno[code]) };
        const args = ["run", "-A", "--no-check", "--no-config", join(tools, "script.ts"), place];
        const { status, stderr } = spawnSync(Deno.execPath(), args, { env, encoding: "utf8" });
        assert.equal(status, 0, stderr);
        assert.deepEqual((await readdir(place)).sort(), ["name", "name-2", "name-3", "name-4"], code);
        const texts = await Promise.all(
          ["name", "name-3", "name-4"].map((it) => readFile(join(place, it), "utf8")),
        );
        assert.deepEqual(texts, ["somebody's", "0", "1"]);
        await assert.rejects(readFile(join(directory, "outside")));
      }
    }),
);

/** Writes two files of a name into the directory that it is given. */
function scriptOf(name: string): string {
  const module = new URL("../../src/files/exclusive_file.ts", import.meta.url).href;
  return `const { writeExclusive } = await import(${JSON.stringify(module)});
    for (const text of ["0", "1"]) {
      writeExclusive(Deno.args[0], (n) => n === 1 ? "${name}" : "${name}-" + n, new TextEncoder().encode(text));
    }`;
}

/** File systems without hard links that may be had here: how one is made in an image, and how that is mounted. */
const withoutLinks = [
  {
    name: "vfat",
    make: ["mkfs.vfat"],
    mount: (device: string, at: string) => ["mount", "-t", "vfat", device, at],
  },
  {
    name: "exfat",
    make: ["mkfs.exfat"],
    mount: (device: string, at: string) => ["mount", "-t", "exfat", device, at],
  },
  {
    name: "exfat by FUSE",
    make: ["mkfs.exfat"],
    mount: (device: string, at: string) => ["mount.exfat-fuse", device, at],
  },
];
for (const { name, make, mount } of withoutLinks) {
  Deno.test(
    `files are written to ${name} as elsewhere`,
    { ignore: process.getuid?.() !== 0 },
    () =>
      inDirectory(async (directory) => {
        const run = (...[file = "", ...args]: string[]) => spawnSync(file, args, { encoding: "utf8" });
        const [image, at] = [join(directory, "image"), join(directory, "mounted")];
        await writeFile(image, "");
        await truncate(image, 32 * 2 ** 20);
        await mkdir(at);
        const isMade = run(...make, image).status === 0;
        const device = isMade ? run("losetup", "-f", "--show", image).stdout?.trim() ?? "" : "";
        try {
          if (device === "" || run(...mount(device, at)).status !== 0) {
            return console.log(`SKIPPED: ${name} cannot be mounted here`);
          }
          assert.throws(() => linkSync(image, join(at, "link")));
          await writeFile(join(at, "name.txt"), "somebody's");
          assert.equal(writeExclusive(at, candidate, bytes("first")).name, "name-2.txt");
          assert.equal(
            writeExclusive(directoryBelow(at, ["a", "b"]), candidate, bytes("first")).name,
            "name.txt",
          );
          const file = new OwnFile(join(at, "own"), {
            name: "own",
            head: 100,
            isOurs: (it) => it.startsWith("ours"),
          });
          file.append("ours\n");
          file.append("more\n");
          assert.equal(await readFile(join(at, "own"), "utf8"), "ours\nmore\n");
          file.replace("ours again\n");
          file.append("more\n");
          assert.equal(await readFile(join(at, "own"), "utf8"), "ours again\nmore\n");
          assert.equal(await readFile(join(at, "name.txt"), "utf8"), "somebody's");
          assert.equal(await readFile(join(at, "name-2.txt"), "utf8"), "first");
          assert.deepEqual((await readdir(at)).sort(), ["a", "name-2.txt", "name.txt", "own"]);
        } finally {
          run("umount", at);
          if (device !== "") run("losetup", "-d", device);
        }
      }),
  );
}
