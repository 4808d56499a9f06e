// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
/** Names that Linux, macOS and Windows all take, as one and the same. */
import { type Bytes } from "../units.ts";

/** Where a file goes, below the directory of the run. */
export interface SafeName {
  readonly directories: readonly string[];
  /** The `n`th choice for the file's name: the first is the plain one, from the second on with `-n`. */
  readonly candidate: (n: number) => string;
}

/** No name is longer than this in UTF-8, its `-n` and its extension included. */
export const MAX_NAME: Bytes = 200;

/** Stands for every character that cannot stay. */
const REPLACEMENT = "_";

/** What Windows refuses, `/`, and all that is not seen: controls, marks of direction, odd spaces, half surrogate pairs. */
const UNSAFE = /[<>:"/\\|?*\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** Names of devices, whatever comes behind a first dot. */
export const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/** Longer texts are cut to this many UTF-16 units before anything else looks at them. */
const ENOUGH = 4096;

/** Makes names of the segments of a formatted template; `extension` begins with its dot. */
export function safeName(segments: readonly string[], extension: string): SafeName {
  const cleaned = segments.map(clean);
  const stem = cleaned.at(-1) ?? REPLACEMENT;
  return {
    directories: cleaned.slice(0, -1).map((segment) => fit(segment, "")),
    candidate: (n) => fit(stem, (n > 1 ? `-${n}` : "") + extension),
  };
}

function clean(text: string): string {
  return text.slice(0, ENOUGH).normalize("NFC").replace(UNSAFE, REPLACEMENT).replace(
    /^\.+/,
    (dots) => REPLACEMENT.repeat(dots.length),
  );
}

/** Cuts a name so that it fits with its ending, and mends what must not stand at its end or be all of it. */
function fit(stem: string, ending: string): string {
  const room = MAX_NAME - bytesOf(ending);
  const kept = mendEnd(cut(stem, room)) || REPLACEMENT;
  return RESERVED.test(kept + ending) ? REPLACEMENT + mendEnd(cut(kept, room - 1)) + ending : kept + ending;
}

function mendEnd(text: string): string {
  return text.replace(/[. ]+$/, (end) => REPLACEMENT.repeat(end.length));
}

/** The start of a text that fits, up to a border between characters as a reader sees them. */
function cut(text: string, room: Bytes): string {
  if (bytesOf(text) <= room) return text;
  const units = new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text.slice(0, 2 * room));
  const kept = takeWhile(Array.from(units, ({ segment }) => segment), room);
  // One heap of accents can be longer than a whole name: then the border is that of a code point.
  return bytesOf(kept) * 2 > room ? kept : takeWhile([...text.slice(0, 2 * room)], room);
}

function takeWhile(units: readonly string[], room: Bytes): string {
  let bytes = 0;
  let count = 0;
  for (const unit of units) {
    bytes += bytesOf(unit);
    if (bytes > room) break;
    count++;
  }
  return units.slice(0, count).join("");
}

function bytesOf(text: string): Bytes {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
