/** The files that a browser loads before it can show anything: none of them is of a run, so they need no secret. */
import type { IncomingHttpHeaders } from "node:http";
import { gunzipSync } from "node:zlib";

/** A file of the page by its name, compressed by gzip; undefined if there is none. */
export type PageFiles = (name: string) => Uint8Array | undefined;

/** A file of the page as text. */
export function pageText(files: PageFiles, name: string): string {
  const packed = files(name);
  if (packed === undefined) throw new Error(`The page has no file "${name}"`);
  return gunzipSync(packed).toString();
}

/** Nothing but our own files: no script or style within the page, nothing from elsewhere, in no frame of others. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** speedscope makes its styles and its WebAssembly itself, and calls eval once; it may reach nobody, and our page only shows it. */
const SPEEDSCOPE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src data:",
  "connect-src blob:",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  "/": { name: "page.html", type: "text/html" },
  "/page.js": { name: "page.js", type: "text/javascript" },
  "/page.css": { name: "page.css", type: "text/css" },
  "/icon.svg": { name: "icon.svg", type: "image/svg+xml" },
  "/speedscope.html": { name: "speedscope.html", type: "text/html" },
  "/speedscope.js": { name: "speedscope.js", type: "text/javascript" },
  "/speedscope.css": { name: "speedscope.css", type: "text/css" },
};

export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
}

/** The file at a path, as this browser takes it; undefined if there is none. */
export function pageFile(
  path: string,
  files: PageFiles,
  { "accept-encoding": accepted = "" }: IncomingHttpHeaders,
): PageFile | undefined {
  const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  const packed = file && files(file.name);
  if (file === undefined || packed === undefined) return undefined;
  const isPacked = /\bgzip\b/.test(String(accepted));
  return {
    headers: {
      "Content-Type": `${file.type}; charset=utf-8`,
      "Content-Security-Policy": file.name.startsWith("speedscope") ? SPEEDSCOPE_POLICY : PAGE_POLICY,
      ...(isPacked ? { "Content-Encoding": "gzip" } : {}),
    },
    content: isPacked ? packed : gunzipSync(packed),
  };
}
