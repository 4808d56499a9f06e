/** `--html`: the page and what it shows of a run in one file. */
import { basename } from "node:path";
import { OwnFile } from "../files/own_file.ts";
import type { Bytes } from "../units.ts";
import type { Embedded } from "./api.ts";
import { Embedding, type HtmlOptions } from "./embedding.ts";
import { type PageFiles, pageText } from "./page_files.ts";

/** Requests and profiles are added until they are so large. */
const MOST_BYTES: Bytes = 32 * 1024 * 1024;

/** By this an earlier one is known, which may be replaced. */
const MARK = '<meta name="generator" content="profsrv view --html">';

/** What was written. */
export interface WrittenHtml {
  readonly size: Bytes;
  /** What is not in it, as a part of a sentence; empty if that is nothing. */
  readonly left: string;
}

/**
 * Writes a run that was read to a file: the slowest `top` requests with their profiles.
 *
 * @throws `FileRefused` if a file stands there that is not of `profsrv view --html`; else what the system says
 */
export async function writeHtml(path: string, options: HtmlOptions, top: number): Promise<WrittenHtml> {
  const file = htmlFile(path);
  const embedding = new Embedding(options, MOST_BYTES);
  const embedded = await embedding.of(top);
  const text = htmlText(embedded, options.pageFiles);
  file.replace(text);
  const { left } = embedding;
  return { size: Buffer.byteLength(text), left: left === "" ? "" : `; left out for its size: ${left}` };
}

/** @throws as `writeHtml`, before anything is read or written */
export function checkHtml(path: string): void {
  htmlFile(path).check();
}

function htmlFile(path: string): OwnFile {
  return new OwnFile(path, { name: basename(path), head: 4096, isOurs: (head) => head.includes(MARK) });
}

/** No network, whatever stands in it. speedscope runs in a frame that inherits this. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
  "connect-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The page's own files put into it, in place of the references to them. Pure. */
export function htmlText(embedded: Embedded, files: PageFiles): string {
  const data = JSON.stringify(embedded).replaceAll("<", "\\u003c");
  const script = pageText(files, "page.js").replaceAll("</script", "<\\/script");
  const style = pageText(files, "page.css").replaceAll("</style", "<\\/style");
  const icon = `data:image/svg+xml;base64,${Buffer.from(pageText(files, "icon.svg")).toString("base64")}`;
  const parts: readonly (readonly [string, string])[] = [
    [`<meta charset="utf-8">`, `<meta charset="utf-8">\n${MARK}\n${policy()}`],
    [`<link rel="icon" href="icon.svg">`, `<link rel="icon" href="${icon}">`],
    [`<link rel="stylesheet" href="page.css">`, `<style>${style}</style>`],
    [
      `<script type="module" src="page.js"></script>`,
      `<script type="application/json" id="embedded">${data}</script>\n<script type="module">${script}</script>`,
    ],
  ];
  return parts.reduce((page, [from, to]) => {
    if (!page.includes(from)) throw new Error(`The page has no ${from}`);
    return page.replace(from, () => to);
  }, pageText(files, "page.html"));
}

function policy(): string {
  return `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
}
