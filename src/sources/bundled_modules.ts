/**
 * The modules that a bundle runs one by one by `eval`, as webpack's `eval-source-map` makes them: each is a string in the bundle, with a url
 * that no file has at its end, and its map before that.
 */
import type { Bytes } from "../units.ts";
import { attempt, readText, type ScriptFile, scriptFile } from "./source_files.ts";

/** Larger files are not looked into. */
const MAX_BUNDLE: Bytes = 64 * 1024 * 1024;
/** So many files are looked into, the newest: each build of a page makes one. */
const MAX_FILES = 500;

/** At the end of a module's string. */
const END = /\\n\/\/# sourceURL=(webpack[\w-]*:[^"\\\n]*)(?:\\n)?"/g;

/** The urls of the modules in a bundle. */
export function modulesIn(bundle: string): Set<string> {
  const urls = new Set<string>();
  for (const [, url] of bundle.matchAll(END)) urls.add(url!);
  return urls;
}

/** The text of a module, as V8 has it; undefined if the bundle does not have it. */
export function moduleIn(bundle: string, url: string): string | undefined {
  for (const found of bundle.matchAll(END)) {
    if (found[1] !== url) continue;
    const end = found.index + found[0].length;
    const start = quoteBefore(bundle, end - 1);
    const text = attempt(() => JSON.parse(bundle.slice(start, end)));
    if (typeof text === "string") return text;
  }
  return undefined;
}

/** Where the string begins that ends at this quote. */
function quoteBefore(text: string, end: number): number {
  for (let at = text.lastIndexOf('"', end - 1); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('"', at - 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at;
  }
  return 0;
}

/** The bundles that a process has loaded. */
export class BundledModules {
  /** By path, the newest last; undefined: not looked into yet. */
  readonly #bundles = new Map<string, { file: ScriptFile; urls: Set<string> } | undefined>();

  add(paths: readonly string[]): void {
    for (const path of paths) {
      this.#bundles.delete(path);
      this.#bundles.set(path, undefined);
    }
    for (const path of this.#bundles.keys()) {
      if (this.#bundles.size <= MAX_FILES) break;
      this.#bundles.delete(path);
    }
  }

  /** The bundles that have the module of this url, the newest first. */
  thatHave(url: string): ScriptFile[] {
    const found: ScriptFile[] = [];
    for (const [path, known] of this.#bundles) {
      const bundle = this.#lookInto(path, known);
      if (bundle?.urls.has(url)) found.unshift(bundle.file);
    }
    return found;
  }

  clear(): void {
    this.#bundles.clear();
  }

  #lookInto(path: string, known: { file: ScriptFile; urls: Set<string> } | undefined) {
    const file = scriptFile(path, path);
    if (file === undefined || known?.file.version === file.version) return known;
    const urls = modulesIn(attempt(() => readText(path, MAX_BUNDLE)) ?? "");
    const bundle = { file, urls };
    this.#bundles.set(path, bundle);
    return bundle;
  }
}
