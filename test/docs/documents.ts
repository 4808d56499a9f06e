/** The documents of the project, and what stands in them. */
import { readdir, readFile } from "node:fs/promises";

const root = new URL("../../", import.meta.url);

/** A Markdown file. */
export interface Document {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

/** README.md and the like, docs and notes. */
export async function documents(): Promise<Document[]> {
  const found: Document[] = [];
  for (const directory of ["", "docs/", "notes/"]) {
    for (const name of await readdir(new URL(directory, root))) {
      if (!name.endsWith(".md")) continue;
      const path = directory + name;
      found.push({ path, text: await readFile(new URL(path, root), "utf8") });
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The lines of its code blocks, between fences or indented by four spaces; those of lists are none. */
export function codeLines({ text }: Document): string[] {
  const lines: string[] = [];
  let isFenced = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) isFenced = !isFenced;
    else if (isFenced) lines.push(line);
    else if (line.startsWith("    ")) lines.push(line.slice(4));
  }
  return lines;
}

/** A command line of a document: what a person types. */
export interface DocumentedCommand {
  readonly path: string;
  readonly line: string;
}

/** The commands in code blocks that start profsrv, in one of its forms, or make; without what is said about them behind them. */
export function commandsIn(document: Document): DocumentedCommand[] {
  return codeLines(document).map((it) => it.replace(/^\$ /, "").replace(/ {2,}\S.*$| +# .*$/, "").trimEnd())
    .filter((it) => isOurs(it)).map((line) => ({ path: document.path, line }));
}

/** What starts profsrv: each is followed by its arguments. */
const STARTERS =
  /^(?:[A-Z_]+=\S+ )*(?:npx profsrv|deno run -A npm:profsrv|node dist\/profsrv\.mjs|deno run -A dist\/profsrv\.mjs|dist\/profsrv|profsrv)(?= |$)/;

function isOurs(line: string): boolean {
  return STARTERS.test(line) || /^make(?= |$)/.test(line);
}

/** A command line apart: how profsrv is started, and its arguments; undefined if it is one of make. */
export function profsrvIn(line: string): { starter: string; args: string[] } | undefined {
  const starter = STARTERS.exec(line)?.[0];
  if (starter === undefined) return undefined;
  // Up to what the shell does with its output.
  const words = line.slice(starter.length).match(/'[^']*'|"[^"]*"|[^\s'"|>]+(?:"[^"]*"|'[^']*')?|[|>]/g) ??
    [];
  const end = words.findIndex((it) => it === "|" || it === ">");
  return {
    starter,
    args: (end < 0 ? words : words.slice(0, end)).map((it) => it.replace(/"([^"]*)"|'([^']*)'/g, "$1$2")),
  };
}

/** Whether it shows the shape of a command line, such as `profsrv view [directory]`, and is none itself. */
export function isShape(line: string): boolean {
  return /\[[a-z=-]|<[a-z]|…/i.test(line);
}
