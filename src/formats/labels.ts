/** How frames are called in formats made of lines of text. */
import { scriptPath } from "../profile/frames.ts";
import type { Frame } from "../profile/model.ts";

/** Control characters, line ends and marks that turn text around. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

/** The text as one line that shows what it is: no control characters, valid Unicode, no space at its ends. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, " ").replace(LONE_SURROGATE, "\ufffd").trim();
}

/** The function's name, never empty. */
export function functionName(frame: Frame): string {
  return oneLine(frame.name) || "(anonymous)";
}

/** The function's name, with its place if it has none, `(anonymous app.js:1:2)`: where a list shows names alone. */
export function placedName(frame: Frame): string {
  const file = fileName(frame);
  if (oneLine(frame.name) !== "" || file === "") return functionName(frame);
  return `(anonymous ${file.slice(file.lastIndexOf("/") + 1)}${position(frame)})`;
}

/** The file's path where the script is a file, else its url as it is; empty for what belongs to no script. */
export function fileName(frame: Frame): string {
  return oneLine(scriptPath(frame.url));
}

/** A frame as stack traces show it, `name (file:1:2)`, with 1-based positions; a frame without script is its name. */
export function frameLabel(frame: Frame): string {
  const file = fileName(frame);
  return file === "" ? functionName(frame) : `${functionName(frame)} (${file}${position(frame)})`;
}

/** `:line:column` of a frame, 1-based, as far as they are known. */
export function position({ line, column }: Frame): string {
  if (line < 0) return "";
  return column < 0 ? `:${line + 1}` : `:${line + 1}:${column + 1}`;
}

/** What a comment with the request's data begins with in a file of pprof. */
export const PPROF_COMMENT = "profsrv ";
