/** The scripts and maps on disk, shared by all processes of a run. */
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bytes } from "../units.ts";
import { emittedFile } from "./deno_cache.ts";
import { dataOf, mapReference, parseMap } from "./map_reference.ts";
import { moduleIn } from "./bundled_modules.ts";
import { PlainScript } from "./plain_script.ts";
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

/** What maps are looked for with. */
export interface SourcesOptions {
  /** Deno's cache directory, absolute. */
  readonly denoDirectory: string | undefined;
  /** Called with one sentence for each map that cannot be used. */
  onDebug(text: string): void;
}

/** What says where the functions of a script were written. */
export type Script = ScriptMap | PlainScript;

/** Reads each script and map once. Nothing here is ever a reason for a profile to fail: a map that cannot be used costs a word. */
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

  /** A module that a bundle runs by `eval`, with its map; undefined if it has none. */
  moduleOf(bundle: ScriptFile, url: string): ScriptMap | undefined {
    return this.#cached(`${bundle.version} ${url}`, () =>
      this.use(url, () => {
        const text = moduleIn(readText(bundle.path), url);
        return text === undefined ? undefined : this.#mapIn(text, url, this.#next(bundle.version, [url]));
      }));
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
