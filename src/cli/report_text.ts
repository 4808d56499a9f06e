/** A report as text for a terminal, and as Markdown. Pure. */
import type { Paint } from "./colours.ts";
import { counted } from "./counted.ts";
import { printable, shortened } from "./printable.ts";
import type { ReportData } from "./report_data.ts";
import { routesSection, type Section, sectionsOf } from "./report_sections.ts";

/** Columns that hold text, and stand at the left. */
const TEXTS = ["route", "id", "request", "location", "function", "by", "whom it cost"];
const GAP = "  ";

/** The parts of a report below its head; of a whole run, whose summary stands above, without the routes. */
export function reportText(
  data: ReportData,
  { paint, width = Infinity, program = "profsrv" }: {
    readonly paint: Paint;
    readonly width?: number | undefined;
    readonly program?: string;
  },
): string {
  const isRoute = data.only?.route !== undefined && data.routes.length > 0;
  const sections = [...isRoute ? [routesSection(data)] : [], ...sectionsOf(data, program)];
  return sections.map((section) => {
    const lines = section.lines ?? table(section);
    const shown = lines.map((it, at) => {
      const line = shortened(it, section.title === "Dig further" ? Infinity : width);
      return section.lines === undefined && at === 0 ? paint("dim", line) : line;
    });
    return `\n${paint("bold", shortened(section.title, width))}\n${shown.join("\n")}\n`;
  }).join("");
}

function table({ head = [], rows = [] }: Section): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  return all.map((row) =>
    row.map((it, at) => TEXTS.includes(head[at]!) ? it.padEnd(widths[at]!) : it.padStart(widths[at]!))
      .join(GAP).trimEnd()
  );
}

/** The whole report in Markdown; `culprits` are sentences. */
export function reportMarkdown(data: ReportData, culprits: readonly string[]): string {
  const { command, start, state, requests, files, notes, only, directory } = data;
  const what = only?.route ?? (only?.request === undefined ? undefined : `request ${only.request}`);
  const parts = [
    `# profsrv report${what === undefined ? "" : `: ${escaped(printable(what))}`}`,
    `Run of ${start}: ${code(command.join(" "))} (${state}); ${counted(requests, "request")}, ${
      counted(files, "profile")
    } in ${code(directory)}`,
    [...notes, ...culprits].map((it) => `- ${escaped(it)}`).join("\n"),
    ...[
      ...only?.request === undefined && data.routes.length > 0 ? [routesSection(data)] : [],
      // A report for others, who start profsrv in their way.
      ...sectionsOf(data, "profsrv"),
    ].map(markdown),
  ];
  return parts.filter((it) => it !== "").join("\n\n") + "\n";
}

function markdown({ title, head, rows = [], lines }: Section): string {
  if (lines !== undefined) return `## ${title}\n\n${fence(lines)}`;
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const marks = head!.map((it) => TEXTS.includes(it) ? "---" : "---:");
  return `## ${title}\n\n${[row(head!), row(marks), ...rows.map((it) => row(it.map(escaped)))].join("\n")}`;
}

/** Lines in a block that none of them can end. */
function fence(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((it) => it.match(/`+/g) ?? []).map((it) => it.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}\n${lines.join("\n")}\n${mark}`;
}

function code(text: string): string {
  const plain = printable(text);
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((it) => it.length));
  const mark = "`".repeat(longest + 1);
  return plain.includes("`") ? `${mark} ${plain} ${mark}` : `${mark}${plain}${mark}`;
}

/** Foreign text in which nothing is Markdown or HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, "\\$&");
}
