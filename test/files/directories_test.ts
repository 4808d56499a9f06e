import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { contentOf, directoryBelow, ownDirectories, removeDirectory } from "../../src/files/directories.ts";
import { inDirectory, OTHER } from "../support/special_files.ts";

const ignore = process.platform === "win32";

Deno.test("directories are made where they are missing", () =>
  inDirectory((directory) => {
    assert.equal(directoryBelow(directory, ["a", "b"]), join(directory, "a", "b"));
    assert.equal(directoryBelow(directory, ["a", "b"]), join(directory, "a", "b"));
    assert.equal(directoryBelow(directory, []), directory);
    assert.ok(existsSync(join(directory, "a", "b")));
  }));

Deno.test(
  "no link below the directory is followed, at any depth",
  { ignore },
  () =>
    inDirectory((directory) => {
      const outside = join(dirname(directory), "outside");
      mkdirSync(outside);
      mkdirSync(join(directory, "a"));
      symlinkSync(outside, join(directory, "a", "b"));
      symlinkSync(outside, join(directory, "c"));
      symlinkSync(join(outside, "none"), join(directory, "d"));
      for (const parts of [["a", "b"], ["a", "b", "x"], ["c"], ["d"]]) {
        assert.throws(() => directoryBelow(directory, parts), /"[bcd]" in it is a symbolic link/);
      }
      writeFileSync(join(directory, "e"), "");
      assert.throws(() => directoryBelow(directory, ["e"]), /is not a directory/);
      assert.deepEqual(readdirSync(outside), []);
    }),
);

Deno.test("a directory of another user below ours is refused, one of who owns the whole is not", {
  ignore: ignore || process.getuid?.() !== 0,
}, () =>
  inDirectory((directory) => {
    mkdirSync(join(directory, "a"));
    chownSync(join(directory, "a"), 65534, 65534);
    assert.throws(() => directoryBelow(directory, ["a"]), /"a" in it belongs to another user/);
    chownSync(directory, 65534, 65534);
    assert.equal(directoryBelow(directory, ["a"]), join(directory, "a"), "as on a share that maps users");
  }));

Deno.test("sizes and removal follow no links", { ignore }, () =>
  inDirectory((directory, other) => {
    const run = join(directory, "profsrv-abcdef");
    mkdirSync(join(run, "deep"), { recursive: true });
    writeFileSync(join(run, "deep", "file"), "12345");
    symlinkSync(other, join(run, "link"));
    symlinkSync(directory, join(run, "round"));
    symlinkSync(run, join(directory, "profsrv-linked"));
    assert.equal(contentOf(run).size, 5);
    assert.deepEqual(ownDirectories(directory, /^profsrv-[a-z]{6}$/), [run]);
    chmodSync(run, 0o777);
    assert.throws(() => removeDirectory(run), /others may write into it/);
    chmodSync(run, 0o700);
    removeDirectory(run);
    assert.throws(() => removeDirectory(join(directory, "profsrv-linked")));
    assert.deepEqual(readdirSync(directory), ["profsrv-linked"]);
    assert.equal(readFileSync(other, "utf8"), OTHER);
  }));
