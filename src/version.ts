/** The version of deno.json, put here by build/bundle.ts. */
declare const PROFSRV_VERSION: string | undefined;

/** profsrv's own version; `source` when it runs unbundled. */
export const version: string = typeof PROFSRV_VERSION === "string" ? PROFSRV_VERSION : "source";
