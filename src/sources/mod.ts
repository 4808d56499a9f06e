/**
 * Where the profiled functions were written: finds the source maps of scripts, on disk, in Deno's cache, or told by the
 * agent, and reads each once. Nothing here is ever a reason for a profile to fail: a map that cannot be used costs a word.
 */
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Frame } from "../profile/model.ts";
import { frameKey } from "../profile/tables.ts";
import type { Bytes } from "../units.ts";
import type { CalledFunction } from "./called_function.ts";
import { emittedFile } from "./deno_cache.ts";
import { dataOf, mapReference, parseMap } from "./map_reference.ts";
import { isWhole, placeless, PlainScript } from "./plain_script.ts";
import { ScriptMap, type ScriptMapOptions } from "./script_map.ts";
import { ScriptTexts } from "./script_texts.ts";
import {
  asUrl,
  attempt,
  fileFrom,
  isOnThisMachine,
  readText,
  type ScriptFile,
  scriptFile,
  sourceText,
} from "./source_files.ts";
import { type ToldMap, ToldMaps } from "./told_maps.ts";

/** Decoded maps are given up, the longest unused first, beyond this; one is always kept, whatever its size. */
const MAX_MAPS: Bytes = 256 * 1024 * 1024;
/** A script may be made of scripts that were made of others, up to this many. */
const MAX_CHAIN = 10;
/** Frames whose original is remembered, for each process. */
const MAX_FRAMES = 200_000;

/** What maps are looked for with. */
export interface SourcesOptions {
  /** Deno's cache directory, absolute. */
  readonly denoDirectory: string | undefined;
  /** Called with one sentence for each map that cannot be used. */
  onDebug(text: string): void;
}

/** What says where the functions of a script were written. */
type Script = ScriptMap | PlainScript;

/** The scripts and maps on disk, shared by all processes of a run. */
export class Sources {
  readonly #options: SourcesOptions;
  /** By path, time and size of the script, so that a script that is built anew is another one. */
  readonly #scripts = new Map<string, Script | undefined>();
  #size: Bytes = 0;
  /** Those of scripts whose calls are counted. */
  readonly texts = new ScriptTexts();
  /** Those that agents told. */
  readonly told = new ToldMaps();

  constructor(options: SourcesOptions) {
    this.#options = options;
  }

  /** The file in which the text of a script is that ran, as it is now; undefined if there is none. */
  find(url: string, isDeno: boolean): ScriptFile | undefined {
    const { denoDirectory } = this.#options;
    if (isDeno && denoDirectory !== undefined) {
      const emitted = emittedFile(url);
      const file = emitted === undefined ? undefined : scriptFile(join(denoDirectory, emitted), url);
      if (file !== undefined) return file;
    }
    const path = url.startsWith("file:")
      ? attempt(() => fileURLToPath(url))
      : isAbsolute(url)
      ? url
      : undefined;
    return path === undefined ? undefined : scriptFile(path, url);
  }

  /** A script, with its map if it has one; undefined if that cannot be used. */
  scriptOf(file: ScriptFile): Script | undefined {
    return this.#cached(file.version, () => this.#read(file));
  }

  /** A source map that an agent sent. The caller releases it. */
  toldMap(map: unknown, url: string): ToldMap {
    const base = asUrl(url);
    return this.told.hold(
      url,
      map,
      (key) =>
        this.use(
          url,
          () => new ScriptMap(map, base, { sourceText, next: this.#next(key, [base]) }),
        ),
    );
  }

  #cached<T extends Script>(version: string, read: () => T | undefined): T | undefined {
    const known = this.#scripts.get(version) as T | undefined;
    if (known === undefined && this.#scripts.has(version)) return undefined;
    const script = known ?? read();
    if (!this.#scripts.delete(version)) this.#size += sizeOf(script);
    this.#scripts.set(version, script);
    for (const [oldest, old] of this.#scripts) {
      if (this.#size <= MAX_MAPS || oldest === version) break;
      this.#size -= sizeOf(old);
      this.#scripts.delete(oldest);
    }
    return script;
  }

  #read(file: ScriptFile): Script | undefined {
    return this.use(file.path, () => {
      // Built anew since it was first seen: the map that is there now is of another text.
      if (scriptFile(file.path, file.url)?.version !== file.version) return undefined;
      const text = readText(file.path);
      return this.#mapIn(text, file.url, this.#next(file.version, [file.url])) ?? new PlainScript(text);
    });
  }

  /** The map that a text says is its own. */
  #mapIn(text: string, textUrl: string, next: ScriptMapOptions["next"]): ScriptMap | undefined {
    const reference = mapReference(text);
    if (reference === undefined) return undefined;
    const inline = dataOf(reference);
    if (inline !== undefined) {
      return new ScriptMap(parseMap(inline), textUrl, { text, sourceText, next, fileOf: fileFrom(textUrl) });
    }
    const url = new URL(reference, textUrl);
    if (!isOnThisMachine(url)) throw new Error(`its map is not on this machine, but at ${url.href}`);
    return new ScriptMap(parseMap(readText(fileURLToPath(url))), url.href, {
      text,
      sourceText,
      next,
      fileOf: fileFrom(url.href),
    });
  }

  /** How the sources of a script that were made of others have maps; `chain`: the urls from the script on. */
  #next(script: string, chain: readonly string[]): ScriptMapOptions["next"] {
    if (chain.length > MAX_CHAIN) return undefined;
    return (url, content) => {
      if (chain.includes(url)) return undefined;
      const version = `${script} ${chain.length} ${url}`;
      return this.#cached(version, () =>
        this.use(url, () => {
          const text = content ?? sourceText(url);
          return text === undefined ? undefined : this.#mapIn(text, url, this.#next(script, [...chain, url]));
        }));
    };
  }

  /** What comes of using a script's map; a word and undefined if that fails. */
  use<T>(script: string, act: () => T): T | undefined {
    return attempt(act, (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onDebug(`Cannot use the source map of "${script}": ${reason}`);
    });
  }
}

/** What is remembered of a script that cannot be used takes memory, too. */
function sizeOf(script: Script | undefined): Bytes {
  return 256 + (script?.size ?? 0);
}

/** The originals of one process's frames. */
export class ProcessSources {
  readonly #sources: Sources;
  readonly #told = new Map<string, ToldMap>();
  readonly #files = new Map<string, ScriptFile | undefined>();
  readonly #frames = new Map<string, Frame>();
  /** Set when the process has said so. */
  isDeno = false;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Takes the map of a script whose text on disk is not what ran; undefined: it runs anew, and its map is not known yet. */
  tell(url: string, map: unknown): void {
    const before = this.#told.get(url);
    if (map === undefined) this.#told.delete(url);
    else this.#told.set(url, this.#sources.toldMap(map, url));
    // Some of them were looked up otherwise.
    this.#frames.clear();
    if (before !== undefined) this.#sources.told.release(before);
  }

  /** The process has ended: lets go of all that it needed. */
  release(): void {
    for (const told of this.#told.values()) this.#sources.told.release(told);
    this.#told.clear();
    this.#files.clear();
    this.#frames.clear();
  }

  /** The frame as it was written: without a line where that is not known; the same frame if it is where V8 says. */
  originalOf(frame: Frame): Frame {
    if (!isScript(frame.url)) return frame;
    const key = frameKey(frame);
    const known = this.#frames.get(key);
    if (known !== undefined) return known === UNKNOWN ? frame : known;
    const original = this.#lookUp(frame);
    if (this.#frames.size >= MAX_FRAMES) this.#frames.clear();
    this.#frames.set(key, original === frame ? UNKNOWN : original);
    return original;
  }

  /** A function that begins at this offset in a script's text, as it was written; without a line where the text that ran cannot be had. */
  calledFunction(url: string, name: string, start: number): CalledFunction {
    const file = isScript(url) && !this.#told.has(url) ? this.#fileOf(url) : undefined;
    const found = file && this.#sources.texts.of(file)?.functionAt(url, name, start);
    if (found === undefined) return { frame: { name, url, line: -1, column: -1 }, isResumed: false };
    return { ...found, frame: this.originalOf(found.frame) };
  }

  #lookUp(frame: Frame): Frame {
    const { url } = frame;
    const told = this.#told.get(url)?.map;
    const original = this.#sources.use(url, () => (told ?? this.#scriptOf(url))?.originalOf(frame)) ?? frame;
    // What a loader has added to a file is nowhere in it.
    const isAdded = told !== undefined && original === frame && !isBundled(url) && !isWhole(frame);
    return isAdded ? placeless(frame) : original;
  }

  #scriptOf(url: string): Script | undefined {
    const file = this.#fileOf(url);
    return file && this.#sources.scriptOf(file);
  }

  #fileOf(url: string): ScriptFile | undefined {
    if (!this.#files.has(url)) this.#files.set(url, this.#sources.find(url, this.isDeno));
    return this.#files.get(url);
  }
}

/** Stands for a frame that is its own original, so that no frame of an old window is held on to. */
const UNKNOWN: Frame = { name: "", url: "", line: -1, column: -1 };

function isScript(url: string): boolean {
  return /^(?:file|https?):/.test(url) || isBundled(url) || (url !== "" && isAbsolute(url));
}

/** Whether a bundler calls a module by this url, that no file has. */
function isBundled(url: string): boolean {
  return /^webpack[\w-]*:/.test(url);
}
