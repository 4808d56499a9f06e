/** The page as build/page.ts made it: what a browser loads, by name. */
import { gunzipSync } from "node:zlib";

/** By name the base64 of the gzip, put here by build/bundle.ts. */
declare const PROFSRV_PAGE: Readonly<Record<string, string>> | undefined;

/** A file of the page, compressed by gzip; undefined if there is none of that name. */
export function pageGzip(name: string): Uint8Array | undefined {
  if (typeof PROFSRV_PAGE === "undefined") {
    throw new Error("The page is missing: run profsrv from its bundle");
  }
  return Object.hasOwn(PROFSRV_PAGE, name) ? Buffer.from(PROFSRV_PAGE[name]!, "base64") : undefined;
}

/** A file of the page. */
export function pageText(name: string): string {
  const content = pageGzip(name);
  if (content === undefined) throw new Error(`The page has no file "${name}"`);
  return gunzipSync(content).toString("utf8");
}
