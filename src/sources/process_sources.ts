/** Where the functions of one process were written. */
import { isAbsolute } from "node:path";
import type { Frame } from "../profile/model.ts";
import { frameKey } from "../profile/tables.ts";
import { BundledModules } from "./bundled_modules.ts";
import type { CalledFunction } from "./called_function.ts";
import { isWhole, placeless } from "./plain_script.ts";
import type { ScriptMap } from "./script_map.ts";
import type { ScriptFile } from "./source_files.ts";
import type { Script, Sources } from "./sources.ts";
import type { ToldMap } from "./told_maps.ts";

/** Frames whose original is remembered, for each process. */
const MAX_FRAMES = 200_000;

/** The originals of one process's frames. */
export class ProcessSources {
  readonly #sources: Sources;
  readonly #told = new Map<string, ToldMap>();
  readonly #files = new Map<string, ScriptFile | undefined>();
  readonly #frames = new Map<string, Frame>();
  readonly #bundles = new BundledModules();
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

  /** Files that the process has loaded: bundles among them have the texts of modules that no file has. */
  tellFiles(files: readonly string[]): void {
    this.#bundles.add(files);
    this.#frames.clear();
  }

  /** The process has ended: lets go of all that it needed. */
  release(): void {
    for (const told of this.#told.values()) this.#sources.told.release(told);
    this.#told.clear();
    this.#files.clear();
    this.#frames.clear();
    this.#bundles.clear();
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
    const script = () => told ?? (isBundled(url) ? this.#moduleOf(frame) : this.#scriptOf(url));
    const original = this.#sources.use(url, () => script()?.originalOf(frame)) ?? frame;
    // What a loader has added to a file is nowhere in it.
    const isAdded = told !== undefined && original === frame && !isBundled(url) && !isWhole(frame);
    return isAdded ? placeless(frame) : original;
  }

  #scriptOf(url: string): Script | undefined {
    const file = this.#fileOf(url);
    return file && this.#sources.scriptOf(file);
  }

  /** The module that has this function at its place: a bundle may have been built anew since. */
  #moduleOf(frame: Frame): ScriptMap | undefined {
    for (const bundle of this.#bundles.thatHave(frame.url)) {
      const map = this.#sources.moduleOf(bundle, frame.url);
      if (map?.hasFunctionAt(frame)) return map;
    }
    return undefined;
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
