/** A source map as it is in its file. */
import { pathToFileURL } from "node:url";

/** What of a map matters here, by its specification. https://tc39.es/ecma426/ */
export interface MapJson {
  readonly version?: unknown;
  readonly sourceRoot?: string | null;
  readonly sources?: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly names?: readonly string[];
  readonly mappings?: string;
  readonly sections?: readonly { readonly offset: unknown; readonly map?: MapJson }[];
}

/** The map, or the sections of an index map, with its sources as absolute urls. */
export function absolute(map: unknown, url: string): MapJson {
  if (typeof map !== "object" || map === null) throw new Error("it is no object");
  const { version, sourceRoot, sources, sourcesContent = [], names = [], mappings, sections } =
    map as MapJson;
  if (version !== 3) throw new Error(`its version is ${JSON.stringify(version)}, expected 3`);
  if (Array.isArray(sections)) {
    const own = sections.map(({ offset, map }) => ({ offset, map: absolute(map, url) }));
    return { version, sections: own };
  }
  if (!Array.isArray(sources)) throw new Error("it has no sources");
  if (typeof mappings !== "string") throw new Error("it has no mappings");
  const urls = sources.map((it) => sourceUrl(it, sourceRoot ?? "", url));
  return { version, names, mappings, sources: urls, sourcesContent };
}

const DRIVE = /^[a-z]:[\\/]/i;
const ABSOLUTE = /^(?:[\\/]|[a-z][a-z0-9+.-]*:)/i;

/** A source's url; empty if the map does not name it. Schemes of bundlers (`webpack://app/src/a.ts`) stay. */
function sourceUrl(source: string | null, root: string, base: string): string {
  if (typeof source !== "string" || source === "") return "";
  const whole = root === "" || ABSOLUTE.test(source) ? source : root.replace(/\/?$/, "/") + source;
  // Bundlers call modules by schemes of their own, in which no file is.
  if (whole.startsWith("/") && /^webpack/.test(base)) return pathToFileURL(whole).href;
  try {
    return new URL(DRIVE.test(whole) ? `file:///${whole.replaceAll("\\", "/")}` : whole, base).href;
  } catch {
    return whole;
  }
}

/** Of all its sections, in characters. */
export function mappingsLength(map: unknown): number {
  const { mappings, sections } = map as MapJson;
  return mappings?.length ?? sections?.reduce((sum, { map }) => sum + mappingsLength(map), 0) ?? 0;
}
