import assert from "node:assert/strict";
import { parseArguments } from "../../src/cli/args.ts";
import { convertHelpText, helpText, reportHelpText } from "../../src/cli/help.ts";
import { OPTIONS } from "../../src/cli/options.ts";
import { CONVERT, REPORT } from "../../src/cli/subcommand_options.ts";

Deno.test("the help names every option, no other, and fits into 120 columns", () => {
  const named = new Set(helpText().match(/(?<=\s)--[a-z][a-z-]+/g));
  for (const foreign of ["--enable-source-maps", "--port"]) named.delete(foreign);
  assert.deepEqual([...named].sort(), OPTIONS.map((it) => `--${it.name}`).sort());
  for (const line of helpText().split("\n")) assert.ok(line.length <= 120, line);
});

Deno.test("the examples of the help are understood", () => {
  const examples = helpText().match(/(?<=^ {2}profsrv ).*/gm) ?? [];
  assert.ok(examples.length >= 4);
  for (const example of examples) {
    const words = example.split(/ {3,}/)[0]?.match(/"[^"]*"|\S+/g) ?? [];
    assert.equal(parseArguments(words.map((it) => it.replaceAll('"', ""))).kind, "run", example);
  }
  const standing = /PROFSRV_OPTIONS .*"(.*)"$/m.exec(helpText())?.[1];
  const run = parseArguments(["node"], standing);
  assert.deepEqual(run.kind === "run" && run.profPath, "my profiles");
});

Deno.test("the help of convert names every option, fits into 120 columns, and its examples are understood", () => {
  const text = convertHelpText();
  assert.deepEqual([...new Set(text.match(/(?<= )--[a-z]+(?= {2,}| [A-Z]+ {2})/g))].sort(), [
    ...CONVERT.options.map((it) => `--${it.name}`).sort(),
  ]);
  for (const line of text.split("\n")) assert.ok(line.length <= 120, line);
  const examples = text.match(/(?<=^ {2}profsrv )convert .*/gm) ?? [];
  assert.ok(examples.length >= 3);
  for (const example of examples) assert.equal(parseArguments(example.split(" ")).kind, "convert", example);
});

Deno.test("the help of report fits into 120 columns, and its examples are understood", () => {
  const text = reportHelpText();
  for (const { name } of REPORT.options) assert.ok(text.includes(`--${name}`), name);
  for (const line of text.split("\n")) assert.ok(line.length <= 120, line);
  const examples = text.match(/(?<=^ {2}profsrv )report.*/gm) ?? [];
  assert.ok(examples.length >= 3);
  for (const example of examples) {
    const words = example.split(" | ")[0]!.trim().match(/"[^"]*"|\S+/g) ?? [];
    assert.equal(parseArguments(words).kind, "report", example);
  }
});
