/**
 * Tells the wrapper the maps of scripts that were transpiled in memory, by tsx, ts-node, swc and the like: what is on disk
 * is not what ran, so the wrapper cannot know. Maps that are on disk it reads itself.
 */
import { existsSync } from "node:fs";
import * as module from "node:module";
import process from "node:process";
import type { FilesMessage, SourceMapJson, SourcesMessage, V8CallFrame } from "../protocol/messages.ts";
import type { Bytes } from "../units.ts";
import { isDeno } from "./capabilities.ts";
import { noteFault } from "./guarded.ts";
import { isFileThatRan, scriptPath } from "./file_that_ran.ts";
import { InlineMaps } from "./inline_maps.ts";
import type { InspectorUse } from "./inspector.ts";
import { mapOf, TRANSPILED } from "./kept_maps.ts";
import { LoadedFiles } from "./loaded_files.ts";

/** All maps of a process together; what is beyond is not told. */
const MAX_TOLD: Bytes = 16 * 1024 * 1024;
/** Scripts that are remembered as looked at. */
const MAX_SEEN = 20_000;
/** V8 is asked when so many samples are of scripts of which only it has the maps: that stops the world, */
const MIN_SAMPLES = 3;
/** for longer, the more scripts it has, */
const MAX_SCRIPTS = 2500;
/** and so waits until no request is open, but no longer than so many windows. */
const MAX_POSTPONED = 10;
/** Scripts that wait for their maps. */
const MAX_WAITING = 2000;

/** Bundlers that run modules one by one call them by such urls: `webpack-internal:///./app/page.tsx`. */
const BUNDLED = /^webpack[\w-]*:/;
const INSTALLED = /[\\/]node_modules[\\/]/;
/** What loaders make JavaScript of, with a map. What template engines make of views, also under their paths, has none. */
const MAPPED = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx?|marko|civet|coffee)(?:\?|$)/;

/** What the maps must know of the rest of the agent. */
export interface SourceMapsOptions {
  send(message: SourcesMessage | FilesMessage): boolean;
  readonly inspector: InspectorUse;
  /** Whether others are clients of the inspector, as far as the sampler knows. */
  isInspectorShared(): boolean;
  /** Whether a request is open. */
  isBusy(): boolean;
}

/** The functions of a profile, of whatever kind; one of the heap does not say how many samples each has. */
interface Called {
  readonly nodes: readonly { readonly callFrame: V8CallFrame; readonly hitCount?: number }[];
}

/** What windows have of a script. */
interface Script {
  url: string;
  readonly functions: V8CallFrame[];
  samples: number;
}

export class SourceMaps {
  private readonly options: SourceMapsOptions;
  /** Scripts whose map was told, or that need none, by V8's number. */
  private readonly seen = new Set<string>();
  /** Those of which only V8 can have the map, and has not been asked yet. */
  private readonly waiting = new Map<string, Script>();
  /** The urls of those whose maps V8 gave. */
  private readonly urls = new Set<string>();
  private readonly inline: InlineMaps;
  private readonly files = new LoadedFiles();
  /** V8 numbers scripts one by one: it has seen no more than this. */
  private highest = 0;
  private postponed = 0;
  private told: Bytes = 0;

  constructor(options: SourceMapsOptions) {
    this.options = options;
    this.inline = new InlineMaps(options.inspector);
  }

  /** Tells the maps of the scripts that are in this window for the first time. Never throws. */
  tell(profile: Called): void {
    // Deno keeps no maps; what it emitted lies in its cache.
    if (isDeno) return;
    try {
      const scripts = this.newScripts(profile);
      this.tellFiles(scripts.values());
      for (const [id, script] of scripts) {
        if (this.seen.size >= MAX_SEEN) return;
        const map = BUNDLED.test(script.url) ? undefined : mapOf(script.url);
        if (map !== undefined && isTranspiledInMemory(script.url, map)) this.tellMap(script.url, map);
        else if (map === undefined && isMadeInMemory(script) && this.waiting.size < MAX_WAITING) {
          this.waiting.set(id, script);
          // The same file anew: the map that was told of it is of another text.
          if (this.urls.delete(script.url)) this.options.send({ kind: "sources", url: script.url });
          continue;
        }
        this.seen.add(id);
      }
      this.tellWaiting();
    } catch (error) {
      noteFault(error);
    }
  }

  /** Tells the maps that only V8 has, if this is the time to ask. */
  tellWaiting(): void {
    if (this.waiting.size === 0) return;
    this.tellKept();
    if (this.waiting.size === 0 || !this.isTime()) return;
    this.inline.ask(new Set(this.waiting.keys()), this.options.isBusy());
    this.postponed = 0;
    this.tellKept();
    for (const id of this.waiting.keys()) this.seen.add(id);
    this.waiting.clear();
  }

  /** V8 leaves out the url in some nodes of a script. */
  private newScripts({ nodes }: Called): Map<string, Script> {
    const scripts = new Map<string, Script>();
    for (const { callFrame, hitCount = 1 } of nodes) {
      // One runtime's profiles have a number here.
      const id = String(callFrame.scriptId);
      this.highest = Math.max(this.highest, Number(id));
      if (id === "0" || this.seen.has(id)) continue;
      const waiting = this.waiting.get(id);
      if (waiting !== undefined) {
        waiting.samples += hitCount;
        continue;
      }
      const script = scripts.get(id) ?? { url: "", functions: [], samples: 0 };
      script.url ||= callFrame.url;
      script.functions.push(callFrame);
      script.samples += hitCount;
      scripts.set(id, script);
    }
    for (const [id, { url }] of scripts) {
      if (!url.startsWith("file:") && !url.startsWith("/") && !BUNDLED.test(url)) scripts.delete(id);
    }
    return scripts;
  }

  private tellKept(): void {
    for (const [id, map] of this.inline.take(this.waiting.keys())) {
      const { url } = this.waiting.get(id)!;
      this.waiting.delete(id);
      this.seen.add(id);
      this.urls.add(url);
      this.tellMap(url, map);
    }
  }

  private tellFiles(scripts: Iterable<Script>): void {
    for (const { url } of scripts) {
      if (!BUNDLED.test(url)) continue;
      const paths = this.files.takeNew();
      if (paths.length > 0) this.options.send({ kind: "files", paths });
      return;
    }
  }

  private isTime(): boolean {
    let samples = 0;
    for (const script of this.waiting.values()) samples += script.samples;
    if (samples < MIN_SAMPLES || this.highest > MAX_SCRIPTS || this.options.isInspectorShared()) return false;
    const isBusy = this.options.isBusy();
    if (isBusy && ++this.postponed <= MAX_POSTPONED) return false;
    return this.inline.mayAsk(this.highest, isBusy);
  }

  private tellMap(url: string, map: SourceMapJson): void {
    const { sources, names, mappings, sourceRoot } = map;
    if (typeof mappings !== "string") return;
    this.told += mappings.length;
    if (this.told > MAX_TOLD) return;
    const root = typeof sourceRoot === "string" ? { sourceRoot } : {};
    this.options.send({
      kind: "sources",
      url,
      map: { version: 3, sources, names: names ?? [], mappings, ...root },
    });
  }
}

/** A script that is called like its source, or that is on no disk. */
function isTranspiledInMemory(url: string, { sources }: SourceMapJson): boolean {
  const path = scriptPath(url) ?? url;
  const own = [nameOf(path), nameOf(url)];
  return (sources ?? []).some((source) => own.includes(nameOf(source ?? ""))) || !existsSync(path);
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** A script of which the runtime has no map, and that ran with another text than its file has. */
function isMadeInMemory({ url, functions }: Script): boolean {
  if (BUNDLED.test(url)) return true;
  const path = scriptPath(url);
  if (path === undefined || INSTALLED.test(path) || !MAPPED.test(url)) return false;
  return TRANSPILED.test(url) && hasTranspiler() || !isFileThatRan(path, functions);
}

/**
 * Somebody transpiles, who does not tell the runtime of it: a preload or loader, or a hook for `require`. Node itself only
 * blanks types out, and what it runs has the positions of what is on disk.
 */
function hasTranspiler(): boolean {
  const hook = (module.Module as unknown as { _extensions?: Record<string, { name: string } | undefined> })
    ._extensions?.[".ts"];
  const flags = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+(?=-)/)];
  return hook !== undefined && hook.name !== "loadTS" ||
    flags.some((flag) => /^--(?:import|(?:experimental-)?loader)\b/.test(flag));
}
