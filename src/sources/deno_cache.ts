/**
 * Where Deno keeps what it made of a TypeScript module: it runs that text without the comment that carries the map, and
 * reports positions in it. Pure.
 *
 * https://github.com/denoland/deno/blob/main/libs/cache_dir/deno_dir.rs and disk_cache.rs
 */
import { createHash } from "node:crypto";
import { posix, win32 } from "node:path";

/** Deno's cache directory as Deno finds it; undefined if nothing says where. Relative to the working directory of the command. */
export function denoDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string | undefined,
): string | undefined {
  if (env["DENO_DIR"]) return env["DENO_DIR"];
  if (platform === "win32") return env["LOCALAPPDATA"] && win32.join(env["LOCALAPPDATA"], "deno");
  if (platform !== "darwin" && env["XDG_CACHE_HOME"]) return posix.join(env["XDG_CACHE_HOME"], "deno");
  if (home === undefined) return undefined;
  if (platform === "darwin") return posix.join(home, "Library", "Caches", "deno");
  return posix.join(home, ".cache", "deno");
}

/** The emitted text of a module, relative to the cache directory, with `/`; undefined for urls that are never emitted. */
export function emittedFile(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "file:") {
    const segments = parsed.pathname.split("/").slice(1).map(decodeURIComponent);
    // A drive is a directory of its letter.
    return ["gen", "file", ...segments].join("/").replace(/^gen\/file\/([a-z]):/i, "gen/file/$1") + ".js";
  }
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") {
    const host = parsed.host.replace(":", "_PORT");
    const name = createHash("sha256").update(parsed.pathname + parsed.search).digest("hex");
    return `gen/${parsed.protocol.slice(0, -1)}/${host}/${name}.js`;
  }
  return undefined;
}
