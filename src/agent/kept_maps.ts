/** The maps that Node or a loader keeps of scripts that were transpiled in memory. */
import { statSync } from "node:fs";
import * as module from "node:module";
import process from "node:process";
import type { SourceMapJson } from "../protocol/messages.ts";
import type { Bytes } from "../units.ts";
import { scriptPath } from "./file_that_ran.ts";
import { original } from "./originals.ts";

/** Node decodes a map to hand it out. A larger script was no single source before, but is a bundle, and on disk. */
const MAX_SCRIPT: Bytes = 256 * 1024;

export const TRANSPILED = /\.(?:[cm]?tsx?|jsx)(?:\?|$)/;
const PLAIN = /\.[cm]?js(?:\?|$)/;

/** The map that the runtime or a loader has of a script; undefined also where that fails. */
export function mapOf(url: string): SourceMapJson | undefined {
  try {
    return runtimesMap(url) ?? (TRANSPILED.test(url) ? registeredMap(url) : undefined);
  } catch {
    return undefined;
  }
}

/** The map that the runtime has of a script, if it keeps maps: a loader such as tsx has it do so. */
function runtimesMap(url: string): SourceMapJson | undefined {
  if (process.sourceMapsEnabled === false || (PLAIN.test(url) && isLarge(url))) return undefined;
  return module.findSourceMap(url)?.payload as SourceMapJson | undefined;
}

function isLarge(url: string): boolean {
  return (statSync(scriptPath(url) ?? url, { throwIfNoEntry: false })?.size ?? 0) > MAX_SCRIPT;
}

/** What the package source-map-support gives out where it is loaded; see `SUPPORT`. */
interface Support {
  readonly exports?: {
    retrieveSourceMap?(path: string): { readonly map: string | SourceMapJson } | null;
  };
}

/** ts-node, swc-node, babel and others keep their maps where this package finds them for stack traces. */
const SUPPORT = /[\\/]source-map-support[\\/]source-map-support\.js$/;

/** The map that a loader keeps of a script. */
function registeredMap(url: string): SourceMapJson | undefined {
  const cache = (module.Module as unknown as { _cache?: Record<string, Support | undefined> })._cache ?? {};
  for (const file of Object.keys(cache)) {
    if (!SUPPORT.test(file)) continue;
    const map = cache[file]?.exports?.retrieveSourceMap?.(scriptPath(url) ?? url)?.map;
    if (map) return typeof map === "string" ? original.parse(map) : map;
  }
  return undefined;
}
