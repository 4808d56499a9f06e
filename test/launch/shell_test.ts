import assert from "node:assert/strict";
import { planShell } from "../../src/launch/shell.ts";

const table: [
  platform: string,
  env: Record<string, string>,
  command: string,
  words: string[],
  verbatim: boolean,
][] = [
  ["linux", {}, 'curl "localhost:$PORT"; true', ["/bin/sh", "-c", 'curl "localhost:$PORT"; true'], false],
  ["darwin", { ComSpec: "no" }, "a b", ["/bin/sh", "-c", "a b"], false],
  ["win32", { COMSPEC: "C:\\W\\cmd.exe" }, 'curl "%PORT%"', [
    "C:\\W\\cmd.exe",
    "/d",
    "/s",
    "/c",
    '"curl "%PORT%""',
  ], true],
  ["win32", { ComSpec: "" }, "a", ["cmd.exe", "/d", "/s", "/c", '"a"'], true],
  ["win32", {}, "a & b", ["cmd.exe", "/d", "/s", "/c", '"a & b"'], true],
];

for (const [platform, env, command, words, verbatim] of table) {
  Deno.test(`on ${platform} the shell runs ${command}`, () => {
    const plan = planShell(command, { env, platform });
    assert.deepEqual([[plan.file, ...plan.args], plan.verbatim], [words, verbatim]);
  });
}
