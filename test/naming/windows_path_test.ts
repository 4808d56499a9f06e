/** What no path of Windows should have in it. */
import assert from "node:assert/strict";
import { whyUnfitOnWindows } from "../../src/naming/windows_path.ts";

const fit = [
  "profiles",
  "C:\\a b\\ö",
  "c:/x",
  "C:x",
  "..\\x\\.",
  ".",
  "",
  "\\\\server\\share\\x",
  "\\\\?\\C:\\x",
  "console",
  ".x",
  "com10",
];

const unfit: [path: string, reason: RegExp][] = [
  ["con", /"con" for a device/],
  ["C:\\x\\NUL", /"NUL" for a device/],
  ["aux.txt", /"aux\.txt" for a device/],
  ["com1/x", /"com1" for a device/],
  ["x?y", /no "\?" in a name/],
  ["C:\\a:b", /no ":" in a name/],
  ["x\n", /no "\\n" in a name/],
  ["x. ", /ends with " "/],
  ["a.\\b", /ends with "\."/],
  ["...", /ends with "\."/],
];

for (const path of fit) {
  Deno.test(`"${path}" can be opened by all programs of Windows`, () => {
    assert.equal(whyUnfitOnWindows(path), undefined);
  });
}

for (const [path, reason] of unfit) {
  Deno.test(`${JSON.stringify(path)} cannot be opened by all programs of Windows`, () => {
    assert.match(whyUnfitOnWindows(path) ?? "", reason);
  });
}
