/** dist/profsrv.1, the manual page: what `--help` of profsrv and of its subcommands say, from the same tables. Pure. */
import config from "../deno.json" with { type: "json" };
import { HELP, typed } from "../src/cli/help.ts";
import type { OptionInfo, OptionTable } from "../src/cli/options.ts";

/** What a paragraph of a help text may begin with, and what a manual calls that. */
const TITLES: readonly [begins: string, title: string][] = [
  ["Usage: ", "SYNOPSIS"],
  ["Options:", "OPTIONS"],
  ["Examples:", "EXAMPLES"],
  ["Environment:", "ENVIRONMENT"],
  ["Exit code: ", "EXIT STATUS"],
];

/** The page in the language of man(7). It has no date: the same sources make the same text. */
export function manPage(): string {
  const { run, ...subcommands } = HELP;
  const [about = "", ...blocks] = run.text().trim().split("\n\n");
  const lines = [
    `.TH PROFSRV 1 "" "profsrv ${config.version}" "User Commands"`,
    ".SH NAME",
    written(about.replace(/^profsrv (.*)\.$/, "profsrv - $1")),
    ...blocks.flatMap((block) => section(block, run.table, ".SH")),
  ];
  for (const { table, text } of Object.values(subcommands)) {
    lines.push(`.SH ${table.program.toUpperCase()}`);
    lines.push(...text().trim().split("\n\n").flatMap((block) => section(block, table, ".SS")));
  }
  return lines.join("\n") + "\n";
}

/** A paragraph of a help text, or what stands below a title. */
function section(block: string, { options }: OptionTable, heading: string): string[] {
  const [begins, title] = TITLES.find(([it]) => block.startsWith(it)) ?? ["", undefined];
  if (title === undefined) return [".PP", written(block)];
  const list = block.slice(begins.length);
  const items = title === "OPTIONS"
    ? options.flatMap(optionItem)
    : title === "EXIT STATUS"
    ? [written(list)]
    : list.trim().split("\n").flatMap((line) => item(...line.trim().split(/ {2,}(.*)/s)));
  return [`${heading} ${heading === ".SH" ? title : title[0] + title.slice(1).toLowerCase()}`, ...items];
}

function optionItem(option: OptionInfo): string[] {
  const { short, about, standard } = option;
  const flags = (short === undefined ? "" : `-${short}, `) + typed(option);
  return item(flags, standard === undefined ? about : `${about} (default: ${standard})`);
}

/** Words as they are typed, and what they mean. */
function item(words = "", about = ""): string[] {
  return [
    `.TP ${about === "" ? 0 : 7}`,
    `\\fB${written(words)}\\fR`,
    ...(about === "" ? [] : [written(about)]),
  ];
}

/** Characters that man(7) takes for something else, or shows as another one. */
const ESCAPED: Readonly<Record<string, string>> = {
  "\\": "\\(rs",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

function written(text: string): string {
  return text.replace(/[\\'`^~-]/g, (it) => ESCAPED[it]!).replace(/^\./gm, "\\&.");
}
