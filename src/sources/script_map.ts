/** A source map, ready to be asked: where a function of a script was written, and under which name. */
import {
  AnyMap,
  decodedMappings,
  originalPositionFor,
  sourceContentFor,
  type SourceMapSegment,
  type TraceMap,
  traceSegment,
} from "@jridgewell/trace-mapping";
import type { Frame } from "../profile/model.ts";
import type { Bytes } from "../units.ts";
import { declaredName, memberAt } from "./declared_name.ts";
import { nameColumn } from "./function_name.ts";
import { isFunctionAt } from "./function_place.ts";
import { type Lines, linesOf } from "./lines.ts";
import { absolute, mappingsLength } from "./map_json.ts";
import { writtenName } from "./written_name.ts";

/** What a decoded map takes for each character of its mappings, as measured. */
const DECODED_SIZE = 14;

/** What a map is used with. */
export interface ScriptMapOptions {
  /** The script that it is for, if known: without, functions keep the names that they have in it. */
  readonly text?: string;
  /** The text of a source of which the map has only the url, if it can be had. */
  sourceText?(url: string): string | undefined;
  /** The file that a bundler means by a source of a scheme of its own; `text` is the text that the map has of it. */
  readonly fileOf?: ((source: string, text: string | undefined) => string | undefined) | undefined;
  /** The map of a source that was itself made of others; `text` is the text that the map has of it. */
  readonly next?: ((url: string, text: string | undefined) => ScriptMap | undefined) | undefined;
}

/** What may stand between a place in a function's head and V8's position of the function. */
const HEAD = /^(?:async\s*)?(?:function\b\s*\*?\s*)?(?:#?[\w$\u0080-\uffff]+\s*)?$/;
/** A class has this for the function that V8 names by the class. */
const CONSTRUCTOR = "constructor";

/** A script and its map. */
export class ScriptMap {
  /** About how much memory it takes. */
  readonly size: Bytes;
  readonly #map: TraceMap;
  /** The source that the whole script was made from, if it is one. */
  readonly #only: string | undefined;
  readonly #line: Lines | undefined;
  readonly #options: ScriptMapOptions;
  readonly #files = new Map<string, string>();
  readonly #sources = new Map<string, Lines | undefined>();

  /**
   * @param map the map as it is in its file, parsed
   * @param url where it is; its sources are relative to that
   * @throws Error with the reason as its message if the map cannot be used
   */
  constructor(map: unknown, url: string, options: ScriptMapOptions = {}) {
    this.#map = AnyMap(absolute(map, url) as ConstructorParameters<typeof TraceMap>[0]);
    const { resolvedSources } = this.#map;
    const sources = new Set(resolvedSources);
    this.#only = sources.size === 1 ? resolvedSources[0] || undefined : undefined;
    this.#line = options.text === undefined ? undefined : linesOf(options.text);
    this.#options = options;
    const texts = [options.text, ...this.#map.sourcesContent ?? []];
    this.size = texts.reduce((sum, text) => sum + (text?.length ?? 0), DECODED_SIZE * mappingsLength(map));
  }

  /** Whether the script's text has such a function at this place. */
  hasFunctionAt(frame: Frame): boolean {
    return this.#line !== undefined && isFunctionAt(this.#line, frame);
  }

  /** The frame as it was written; the same frame if the map says nothing about it. */
  originalOf(frame: Frame): Frame {
    const { name, line, column } = frame;
    // The script itself, not a function in it: its first statement may stand anywhere.
    if (name === "" && line <= 0 && column <= 0) {
      return this.#only === undefined ? frame : { ...frame, url: this.#fileOf(this.#only) };
    }
    if (line < 0 || column < 0) return frame;
    const at = originalPositionFor(this.#map, { line: line + 1, column });
    if (at.source === null || at.source === "") return frame;
    const head = this.#headOf(frame);
    const place = head?.place ?? { url: at.source, line: at.line - 1, column: at.column };
    const original = { name: this.#nameAt(frame, place, head?.name), ...place, url: this.#fileOf(place.url) };
    return this.#options.next?.(original.url, this.#contentOf(place.url))?.originalOf(original) ?? original;
  }

  /** The function's name in its source if that is sure, else what the map says, else V8's. */
  #nameAt(frame: Frame, place: Omit<Frame, "name">, declared: string | undefined): string {
    if (frame.name === "") {
      const text = this.#linesOf(place.url);
      return declared ?? (text && writtenName(text, place)) ?? "";
    }
    const named = this.#nameOf(frame);
    if (declared === undefined || declared === CONSTRUCTOR || named !== frame.name) return named;
    if (nameEnd(frame.name) === declared) return frame.name;
    return (/^(?:get|set) /.exec(frame.name)?.[0] ?? "") + declared;
  }

  /**
   * The place in the function's own head, and its name there, if the map has that at the function's position, or last before it.
   * Where a minifier has put a function into the place of its call, the map has both there.
   */
  #headOf({ line, column }: Frame): { place: Omit<Frame, "name">; name: string } | undefined {
    const last = traceSegment(this.#map, line, column);
    if (last === null) return undefined;
    const [from] = last;
    const isOwn = from === column ||
      this.#line !== undefined && HEAD.test(this.#line(line).slice(from, column));
    if (!isOwn) return undefined;
    for (const segment of segmentsAt(decodedMappings(this.#map)[line] ?? [], from)) {
      if (segment.length === 1) continue;
      const url = this.#map.resolvedSources[segment[1]];
      if (!url) continue;
      const place = { url, line: segment[2], column: segment[3] };
      const text = this.#linesOf(url);
      const name = text && declaredName(text, place);
      if (name !== undefined) return { place, name };
    }
    return undefined;
  }

  #fileOf(source: string): string {
    let file = this.#files.get(source);
    if (file === undefined) {
      file = this.#options.fileOf?.(source, this.#contentOf(source)) ?? source;
      this.#files.set(source, file);
    }
    return file;
  }

  #contentOf(url: string): string | undefined {
    return sourceContentFor(this.#map, url) ?? undefined;
  }

  #linesOf(url: string): Lines | undefined {
    if (!this.#sources.has(url)) {
      const text = this.#contentOf(url) ?? this.#options.sourceText?.(url);
      this.#sources.set(url, text === undefined ? undefined : linesOf(text));
    }
    return this.#sources.get(url);
  }

  /**
   * The name that the map gives to the very identifier in the script that V8 took the function's name from, else V8's.
   *
   * The name at the function's own position would be too often that of something else: V8's position is the parenthesis
   * before the parameters, and the mapping there or before may belong to the function that a callback is passed to.
   */
  #nameOf({ name, line, column }: Frame): string {
    if (this.#line === undefined || name === "") return name;
    const found = nameColumn(this.#line(line), column, name);
    if (found === undefined) return name;
    const before = name.slice(0, name.length - found.length);
    const told = this.#toldAt(line, found.column, declaredName);
    // A minifier may have made a variable or a property of what was assigned to a member: the map has the object's name there.
    const member = this.#read(line, found.column, memberAt);
    const own = member?.object === told ? member?.name : told;
    const owner = found.column - before.length;
    const isMember = /^[\w$]+\.$/.test(before) && this.#line(line).startsWith(before, owner);
    const object = isMember && this.#toldAt(line, owner, (text, at) => memberAt(text, at)?.object);
    return (object ? `${object}.` : before) + (own ?? name.slice(before.length));
  }

  /** What the map has for the identifier at this very place of the script: its name, else what the source has there. */
  #toldAt(line: number, column: number, read: Reader<string>): string | undefined {
    const segment = traceSegment(this.#map, line, column);
    if (segment?.length === 5 && segment[0] === column) return this.#map.names[segment[4]];
    return this.#read(line, column, read);
  }

  /** Reads in the source, at what the map has for this very place of the script. */
  #read<T>(line: number, column: number, read: Reader<T>): T | undefined {
    const segment = traceSegment(this.#map, line, column);
    if (segment === null || segment.length === 1 || segment[0] !== column) return undefined;
    const text = this.#linesOf(this.#map.resolvedSources[segment[1]] ?? "");
    return text && read(text, { line: segment[2], column: segment[3] });
  }
}

/** Reads at a place of a source. */
type Reader<T> = (text: Lines, at: { readonly line: number; readonly column: number }) => T | undefined;

/** The segments of a line at a column, which are in the order of their columns. */
function segmentsAt(segments: readonly SourceMapSegment[], column: number): readonly SourceMapSegment[] {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]![0] < column) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (segments[end]?.[0] === column) end++;
  return segments.slice(low, end);
}

/** The last identifier of a name that V8 made up, as of `exports.a`. */
function nameEnd(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf(" ")) + 1);
}
