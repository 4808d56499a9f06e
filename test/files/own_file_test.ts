import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { OwnFile } from "../../src/files/own_file.ts";
import { hardLink, inDirectory, OTHER, specialFiles } from "../support/special_files.ts";

const ignore = process.platform === "win32";
const kind = { name: "own", head: 100, isOurs: (head: string) => head.startsWith("ours") };
const acts: readonly (readonly [string, (file: OwnFile) => void])[] = [
  ["check", (file) => file.check()],
  ["append", (file) => file.append("ours\n")],
  ["replace", (file) => file.replace("ours\n")],
];

for (const { what, refused, make } of [...specialFiles, hardLink]) {
  for (const [act, does] of acts) {
    Deno.test(
      `${act} refuses ${what} in the place of its file, and touches nothing`,
      { ignore },
      () =>
        inDirectory(async (directory, other) => {
          const path = join(directory, "own");
          const close = await make(path, other);
          const before = lstatSync(path);
          assert.throws(() => does(new OwnFile(path, kind)), refused);
          assert.equal(readFileSync(other, "utf8"), OTHER);
          assert.ok(!existsSync(`${other}-`), "nothing is made where a link leads");
          assert.deepEqual(readdirSync(directory), ["own"]);
          assert.deepEqual([lstatSync(path).ino, lstatSync(path).size], [before.ino, before.size]);
          close?.();
        }),
    );
  }
}

for (const [act, does] of acts) {
  Deno.test(`${act} refuses a file that is not ours, also one that came later`, () =>
    inDirectory((directory, other) => {
      const path = join(directory, "own");
      writeFileSync(path, "theirs");
      assert.throws(() => does(new OwnFile(path, kind)), /the own there is not one of profsrv's/);
      assert.equal(readFileSync(path, "utf8"), "theirs");
      writeFileSync(path, "ours\n");
      const file = new OwnFile(path, kind);
      does(file);
      renameSync(other, path);
      assert.throws(() => does(file), /the own there is not one of profsrv's/);
      assert.equal(readFileSync(path, "utf8"), OTHER);
    }));
}

Deno.test("what is ours is made, appended to and replaced, and nothing else lies beside it", () =>
  inDirectory((directory) => {
    const file = new OwnFile(join(directory, "own"), kind);
    file.check();
    assert.deepEqual(readdirSync(directory), [], "to check makes nothing");
    file.append("ours 1\n");
    file.append("2\n");
    assert.equal(readFileSync(join(directory, "own"), "utf8"), "ours 1\n2\n");
    file.replace("ours 3\n");
    assert.equal(readFileSync(join(directory, "own"), "utf8"), "ours 3\n");
    assert.deepEqual(readdirSync(directory), ["own"]);
  }));

Deno.test("a line that was cut off is not gone on with", () =>
  inDirectory((directory) => {
    writeFileSync(join(directory, "own"), "ours\ncut o");
    new OwnFile(join(directory, "own"), kind).append("next\n");
    assert.equal(readFileSync(join(directory, "own"), "utf8"), "ours\ncut o\nnext\n");
  }));
