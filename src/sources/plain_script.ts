/** A script on disk that has no map. */
import type { Frame } from "../profile/model.ts";
import type { Bytes } from "../units.ts";
import { isFunctionAt } from "./function_place.ts";
import { type Lines, linesOf } from "./lines.ts";

/** Larger ones are not looked into: they are bundles, and run as they are. */
const MAX_TEXT: Bytes = 256 * 1024;

/**
 * A script without a map. Its file may have another text than the one that ran: a development server runs what it has made of the file
 * under the file's name, and the file may have changed since. A line of that text is no line of the file.
 */
export class PlainScript {
  readonly size: Bytes;
  readonly #lines: Lines | undefined;

  constructor(text: string) {
    const isKept = text.length <= MAX_TEXT;
    this.size = isKept ? 2 * text.length : 0;
    this.#lines = isKept ? linesOf(text) : undefined;
  }

  /** The very same frame, where the file has such a function at its place; else the frame without a place. */
  originalOf(frame: Frame): Frame {
    if (this.#lines === undefined || isWhole(frame) || frame.line < 0) return frame;
    return isFunctionAt(this.#lines, frame) ? frame : placeless(frame);
  }
}

/** A function of whose place only the file is known. */
export function placeless(frame: Frame): Frame {
  return { ...frame, line: -1, column: -1 };
}

/** Whether this is the script itself, not a function in it. */
export function isWhole({ name, line, column }: Frame): boolean {
  return name === "" && line <= 0 && column <= 0;
}
