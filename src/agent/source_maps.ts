/**
 * Tells the wrapper the maps of scripts that were transpiled in memory, by tsx, ts-node, swc and the like: what is on disk
 * is not what ran, so the wrapper cannot know. Maps that are on disk it reads itself.
 */
import { existsSync, statSync } from "node:fs";
import type { Session } from "node:inspector";
import * as module from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { SourceMapJson, SourcesMessage, V8Profile } from "../protocol/messages.ts";
import type { Bytes } from "../units.ts";
import { noteFault } from "./contained.ts";
import { original } from "./originals.ts";

/** All maps of a process together; what is beyond is not told. */
const MAX_TOLD: Bytes = 16 * 1024 * 1024;
/** Scripts that are remembered as looked at. */
const MAX_SEEN = 20_000;
/** Node decodes a map to hand it out. A larger script was no single source before, but is a bundle, and on disk. */
const MAX_SCRIPT: Bytes = 256 * 1024;
/** The inspector is asked so often at most, for it stops the world for 10 to 200 ms each time. */
const MAX_QUESTIONS = 3;

const TRANSPILED = /\.(?:[cm]?tsx?|jsx)(?:\?|$)/;
const PLAIN = /\.[cm]?js(?:\?|$)/;

export class SourceMaps {
  private readonly send: (message: SourcesMessage) => boolean;
  private readonly seen = new Set<string>();
  private told: Bytes = 0;
  private questions = 0;

  constructor(send: (message: SourcesMessage) => boolean) {
    this.send = send;
  }

  /** Tells the maps of the scripts that are in this window for the first time. Never throws. */
  tell(profile: V8Profile): void {
    // Deno keeps no maps; what it emitted lies in its cache.
    if ("deno" in process.versions) return;
    try {
      const unknown = new Set<string>();
      for (const { callFrame: { url } } of profile.nodes) {
        if (!url.startsWith("file:") && !url.startsWith("/") || this.seen.has(url)) continue;
        if (this.seen.size >= MAX_SEEN) return;
        this.seen.add(url);
        const map = mapOf(url);
        if (map !== undefined) this.tellMap(url, map);
        else if (TRANSPILED.test(url)) unknown.add(url);
      }
      if (unknown.size > 0 && this.questions < MAX_QUESTIONS && mayAskInspector()) {
        this.questions++;
        for (const [url, map] of inlineMaps(unknown)) this.tellMap(url, map);
      }
    } catch (error) {
      noteFault(error);
    }
  }

  private tellMap(url: string, map: SourceMapJson): void {
    const { sources, names, mappings, sourceRoot } = map;
    if (typeof mappings !== "string" || !isTranspiledInMemory(url, map)) return;
    this.told += mappings.length;
    if (this.told > MAX_TOLD) return;
    const root = typeof sourceRoot === "string" ? { sourceRoot } : {};
    this.send({ kind: "sources", url, map: { version: 3, sources, names: names ?? [], mappings, ...root } });
  }
}

/** The map that the runtime or a loader has of a script; undefined also where that fails. */
function mapOf(url: string): SourceMapJson | undefined {
  try {
    return runtimesMap(url) ?? (TRANSPILED.test(url) ? registeredMap(url) : undefined);
  } catch {
    return undefined;
  }
}

/** The map that the runtime has of a script, if it keeps maps: a loader such as tsx has it do so. */
function runtimesMap(url: string): SourceMapJson | undefined {
  if (keepsNoMaps() || (PLAIN.test(url) && isLarge(url))) return undefined;
  return module.findSourceMap(url)?.payload as SourceMapJson | undefined;
}

function keepsNoMaps(): boolean {
  return process.sourceMapsEnabled === false || typeof module.findSourceMap !== "function";
}

function isLarge(url: string): boolean {
  return (statSync(pathOf(url), { throwIfNoEntry: false })?.size ?? 0) > MAX_SCRIPT;
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
    const map = cache[file]?.exports?.retrieveSourceMap?.(pathOf(url))?.map;
    if (map) return typeof map === "string" ? original.parse(map) : map;
  }
  return undefined;
}

/** A script that is called like its source, or that is on no disk. */
function isTranspiledInMemory(url: string, { sources }: SourceMapJson): boolean {
  const path = pathOf(url);
  const own = [nameOf(path), nameOf(url)];
  return (sources ?? []).some((source) => own.includes(nameOf(source ?? ""))) || !existsSync(path);
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function pathOf(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : url;
}

/**
 * Somebody transpiles, who does not tell the runtime of it: a preload or loader, or a hook for `require`. Node itself only
 * blanks types out, and what it runs has the positions of what is on disk. Leaving the debugger would end somebody
 * else's coverage.
 */
function mayAskInspector(): boolean {
  if (process.env["NODE_V8_COVERAGE"] !== undefined) return false;
  const hook = (module.Module as unknown as { _extensions?: Record<string, { name: string } | undefined> })
    ._extensions?.[".ts"];
  const flags = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+(?=-)/)];
  return hook !== undefined && hook.name !== "loadTS" ||
    flags.some((flag) => /^--(?:import|(?:experimental-)?loader)\b/.test(flag));
}

interface ScriptParsed {
  readonly params: { readonly url: string; readonly sourceMapURL?: string };
}

/** The maps that these scripts carry in their text, as V8 has it. */
function inlineMaps(urls: ReadonlySet<string>): Map<string, SourceMapJson> {
  const maps = new Map<string, SourceMapJson>();
  const session = connected();
  if (session === undefined) return maps;
  try {
    session.on("Debugger.scriptParsed", ({ params: { url, sourceMapURL } }: ScriptParsed) => {
      const [, content] = /^data:application\/json[^,]*;base64,(.*)$/.exec(sourceMapURL ?? "") ?? [];
      if (content !== undefined && urls.has(url)) {
        maps.set(url, original.parse(Buffer.from(content, "base64").toString()));
      }
    });
    session.post("Debugger.enable");
    session.post("Debugger.disable");
  } finally {
    session.disconnect();
  }
  return maps;
}

/** A client of the inspector; undefined where there is none for us: Node's permission model, an environment without. */
function connected(): Session | undefined {
  try {
    const { Session } = require("node:inspector") as typeof import("node:inspector");
    const session = new Session();
    session.connect();
    return session;
  } catch {
    return undefined;
  }
}
