import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    assert.equal(writeExclusive(directory, candidate, bytes("first")), "name-2.txt");
    assert.equal(writeExclusive(directory, candidate, bytes("second")), "name-3.txt");
    assert.equal(await readFile(join(directory, "name.txt"), "utf8"), "somebody's");
    assert.equal(await readFile(join(directory, "name-2.txt"), "utf8"), "first");
    assert.deepEqual((await readdir(directory)).sort(), ["name-2.txt", "name-3.txt", "name.txt"]);
  }));

Deno.test("a symbolic link under the name is not followed", () =>
  inDirectory(async (directory) => {
    const outside = join(directory, "outside");
    await mkdir(join(directory, "in"));
    await symlink(outside, join(directory, "in", "name.txt"));
    assert.equal(writeExclusive(join(directory, "in"), candidate, bytes("text")), "name-2.txt");
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
