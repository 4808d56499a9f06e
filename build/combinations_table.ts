/** The table in docs/compatibility.md of what goes together. */
import { type Measurement, MEASUREMENTS } from "../src/cli/combinations.ts";
import { formats } from "../src/formats/mod.ts";
import { markdownTable } from "./markdown_table.ts";

/** As Markdown: a column for each thing that can be measured. */
export function combinationsTable(): string {
  const columns: readonly Measurement[] = Object.values(MEASUREMENTS);
  const options = [...new Set(columns.flatMap(({ refused }) => Object.keys(refused)))].sort();
  const row = (name: string, cell: (column: Measurement) => string) => [name, ...columns.map(cell)];
  return markdownTable([
    row("", ({ flags }) => `\`${flags}\``),
    row("one request at a time", ({ isSerial }) => isSerial ? "always" : "with `--serial`"),
    ...options.map((name) =>
      row(`\`--${name}\``, ({ refused, flags }) => {
        if (flags === `--${name}`) return "";
        const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
        return reason === undefined ? "yes" : `refused: ${reason}`;
      })
    ),
    ...formats.map(({ id }) =>
      row(
        `\`--format ${id}\``,
        (it) => it.formats[0] === id ? "standard" : it.formats.includes(id) ? "yes" : "refused",
      )
    ),
    row("filters, `--trigger`, limits", () => "yes"),
    row("Node", ({ runtimes }) => `${runtimes.node} and newer`),
    row("Deno", ({ runtimes }) => `${runtimes.deno} and newer`),
  ]);
}
