/** The files of an application that functions were written in, or that say where. */
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type PathOptions, readRegular, statRegular } from "../files/regular.ts";
import type { Bytes } from "../units.ts";
import { bundledFiles } from "./bundled_file.ts";
import type { ScriptMapOptions } from "./script_map.ts";

/** Larger files are not read, */
const MAX_FILE: Bytes = 256 * 1024 * 1024;
/** nor are larger sources. */
const MAX_SOURCE: Bytes = 4 * 1024 * 1024;
/**
 * An application may be made of links, as some package managers and build tools leave it; that a path in a map leads to
 * another machine is for nobody to decide but the user.
 */
const APPLICATION: PathOptions = { followsLink: true, isLocal: true };
/** A script on disk. */
export interface ScriptFile {
  readonly path: string;
  /** What a map's place is relative to: the script's own url, also where Deno keeps what it made of it elsewhere. */
  readonly url: string;
  /** Differs for each text that was ever there. */
  readonly version: string;
}

/** A script's url, if it is called by a path. */
export function asUrl(script: string): string {
  return isAbsolute(script) ? pathToFileURL(script).href : script;
}

/** A script that is called so, as its file is now. */
export function scriptFile(path: string, url: string): ScriptFile | undefined {
  const stat = attempt(() => statRegular(path, APPLICATION));
  if (stat === undefined) return undefined;
  return { path, url: asUrl(url), version: `${stat.mtimeMs} ${stat.size} ${path}` };
}

/** The text of a source that is a file. */
export function sourceText(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  return attempt(() => readText(fileURLToPath(url), MAX_SOURCE));
}

/** How the file is found that a bundler means by a source, if one has the very text that the map at this url has of it. */
export function fileFrom(url: string): ScriptMapOptions["fileOf"] {
  return (source, text) => {
    const map = attempt(() => fileURLToPath(url));
    if (map === undefined || text === undefined) return undefined;
    for (const path of bundledFiles(source, map)) {
      const size = attempt(() => statRegular(path, APPLICATION))?.size;
      if (size === undefined || size !== Buffer.byteLength(text)) continue;
      if (attempt(() => readText(path, MAX_SOURCE)) === text) return pathToFileURL(path).href;
    }
    return undefined;
  };
}

/** `file://host/share/file` is what Windows would fetch from `host`. */
export function isOnThisMachine({ protocol, host }: URL): boolean {
  return protocol === "file:" && (host === "" || host === "localhost");
}

/** The text of a file of the application. Throws if that cannot be had. */
export function readText(path: string, limit: Bytes = MAX_FILE): string {
  return readRegular(path, limit, APPLICATION).toString();
}

/** What an attempt gives; undefined if it fails. */
export function attempt<T>(act: () => T, onError?: (error: unknown) => void): T | undefined {
  try {
    return act();
  } catch (error) {
    onError?.(error);
    return undefined;
  }
}
