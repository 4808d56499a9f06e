import assert from "node:assert/strict";
import { isWithin } from "../../src/launch/path_within.ts";

const WINDOWS = { platform: "win32", cwd: "C:\\Users\\me\\app" };
const LINUX = { platform: "linux", cwd: "/home/me/app" };

const table: [path: string, folder: string, system: typeof LINUX, expected: boolean][] = [
  ["/tmp/spool", "/tmp", LINUX, true],
  ["/tmp/spool", "/tmp/", LINUX, true],
  ["/tmp/spool", "/tmp//spool", LINUX, true],
  ["/tmp/spool", "/", LINUX, true],
  ["/tmp/spool", "/tmp/spool/x", LINUX, false],
  ["/tmp/spool", "/tmp/sp", LINUX, false],
  ["/tmp/spool", "/TMP", LINUX, false],
  ["/home/me/app/t/spool", ".", LINUX, true],
  ["/home/me/app/t/spool", "./t", LINUX, true],
  ["/home/me/t/spool", "../t", LINUX, true],
  ["/home/me/t/spool", ".", LINUX, false],
  ["/home/me/app/..spool", ".", LINUX, true],
  ["C:\\Users\\me\\Temp\\spool", "C:\\Users\\me\\Temp", WINDOWS, true],
  ["C:\\Users\\me\\Temp\\spool", "C:\\Users\\me\\Temp\\", WINDOWS, true],
  ["C:\\Users\\me\\Temp\\spool", "c:/users/ME/temp", WINDOWS, true],
  ["C:\\Users\\me\\Temp\\spool", "C:\\", WINDOWS, true],
  ["C:\\Users\\me\\Temp\\spool", "..\\Temp", WINDOWS, true],
  ["C:\\Users\\me\\Temp\\spool", "\\Users", WINDOWS, true],
  ["C:\\Users\\me\\Temp\\spool", "C:\\Users\\me\\Tem", WINDOWS, false],
  ["C:\\Users\\me\\Temp\\spool", "D:\\", WINDOWS, false],
  ["C:\\Users\\me\\Temp\\spool", ".", WINDOWS, false],
  ["\\\\host\\share\\spool", "\\\\HOST\\share", WINDOWS, true],
];

for (const [path, folder, system, expected] of table) {
  Deno.test(`on ${system.platform} "${path}" ${expected ? "lies" : "does not lie"} in "${folder}"`, () => {
    assert.equal(isWithin(path, folder, system), expected);
  });
}
