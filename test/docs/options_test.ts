/** docs/options.md says of each option what `--help` says. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { type OptionInfo, type OptionTable, RUN } from "../../src/cli/options.ts";
import { CONVERT, DIFF, REPORT, RUNS, VIEW } from "../../src/cli/subcommand_options.ts";

const document = await readFile(new URL("../../docs/options.md", import.meta.url), "utf8");

const sections: readonly [heading: string, table: OptionTable][] = [
  ["A run", RUN],
  ["`profsrv view`", VIEW],
  ["`profsrv report`", REPORT],
  ["`profsrv diff`", DIFF],
  ["`profsrv convert`", CONVERT],
  ["`profsrv runs`", RUNS],
];

for (const [heading, { program, options }] of sections) {
  Deno.test(`docs/options.md has the options of ${program}, as its help says them`, () => {
    assert.deepEqual(rowsBelow(heading), options.map(rowOf));
  });
}

/** Option, meaning and default of the first table below a heading. */
function rowsBelow(heading: string): string[][] {
  const section = document.split(/^## /m).find((it) => it.startsWith(`${heading}\n`)) ?? "";
  const table = /^\| option[^]*?(?=^(?!\|))/m.exec(section)?.[0] ?? "";
  return table.trim().split("\n").slice(2).map((line) =>
    line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replace(/`|\\/g, ""))
  );
}

function rowOf({ name, short, value, isValueOptional, about, standard = "" }: OptionInfo): string[] {
  const behind = value === undefined ? "" : isValueOptional ? `[=${value}]` : ` ${value}`;
  return [`--${name}${behind}${short === undefined ? "" : `, -${short}`}`, about, standard];
}
