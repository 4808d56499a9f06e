/** Rows as a table of Markdown, the first of them as its head; all have as many cells. */
export function markdownTable([head = [], ...lines]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...lines].map((line) => line[i]!.length)));
  const row = (cells: readonly string[]) =>
    `| ${cells.map((it, i) => it.padEnd(widths[i]!)).join(" | ")} |\n`;
  return row(head) + row(widths.map((it) => "-".repeat(it))) + lines.map(row).join("");
}
