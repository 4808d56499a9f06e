import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { isRemote, readRegular, statRegular } from "../../src/files/regular.ts";
import { inDirectory, OTHER, specialFiles } from "../support/special_files.ts";

const ignore = process.platform === "win32";

for (const { what, refused, make } of specialFiles) {
  Deno.test(
    `what is no regular file is refused at once: ${what}`,
    { ignore },
    () =>
      inDirectory(async (directory, other) => {
        const path = join(directory, "x");
        const close = await make(path, other);
        assert.throws(() => readRegular(path, 100), refused);
        assert.throws(() => statRegular(path), refused);
        if (what === "a link to a file") {
          assert.equal(readRegular(path, 100, { followsLink: true }).toString(), OTHER);
        } else assert.throws(() => readRegular(path, 100, { followsLink: true }));
        close?.();
      }),
  );
}

Deno.test(
  "a link to a FIFO does not hang who follows links",
  { ignore },
  () =>
    inDirectory((directory, other) => {
      specialFiles[0]!.make(join(directory, "fifo"), other);
      symlinkSync(join(directory, "fifo"), join(directory, "x"));
      assert.throws(() => readRegular(join(directory, "x"), 100, { followsLink: true }), /is a named pipe/);
    }),
);

Deno.test("a file is read whole up to the limit, and not at all beyond", () =>
  inDirectory((directory) => {
    const path = join(directory, "x");
    writeFileSync(path, "12345");
    assert.equal(readRegular(path, 5).toString(), "12345");
    assert.throws(() => readRegular(path, 4), /it has 5 bytes, at most 4 are read/);
    assert.equal(readFileSync(path, "utf8"), "12345");
  }));

/** A path, and whether Windows would leave the machine or its files for it. */
const paths: readonly (readonly [string, boolean])[] = [
  ["\\\\host\\share\\a.js", true],
  ["//host/share/a.js", true],
  ["\\/host\\share", true],
  ["\\\\?\\UNC\\host\\share\\a.js", true],
  ["\\??\\UNC\\host\\share\\a.js", true],
  ["\\\\.\\pipe\\a", true],
  ["\\\\.\\PhysicalDrive0", true],
  ["\\\\?\\C:\\a.js", false],
  ["C:\\a.js", false],
  ["C:/a.js", false],
  ["\\a.js", false],
  ["a.js", false],
];
for (const [path, expected] of paths) {
  Deno.test(`on Windows ${path} ${expected ? "leads elsewhere" : "is on this machine"}`, () => {
    assert.equal(isRemote(path, "win32"), expected);
    assert.equal(isRemote(path, "linux"), false, "elsewhere these are names like others");
  });
}
