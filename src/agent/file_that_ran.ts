/** Whether a script's file has the text that ran: of what is transpiled in memory it has another. */
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { V8CallFrame } from "../protocol/messages.ts";
import type { Bytes } from "../units.ts";

/** Larger files are not read: they are bundles, and run as they are. */
const MAX_FILE: Bytes = 256 * 1024;

/** The path of a script; undefined if it is called by no path. */
export function scriptPath(url: string): string | undefined {
  if (url.startsWith("/")) return url;
  if (!url.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** As V8 counts lines. */
const LINE_END = /\r\n?|[\n\u2028\u2029]/;
/** What a function without a name begins with at V8's position of it. */
const START = /^(?:\(|(?:async|class)\b|[\w$\u0080-\uffff]+\s*=>)/;

/**
 * False if there is no such file, or if one of these functions of the script is not named in its line of the file, or one without a
 * name does not begin there. The names of constructors are in another line: they are in the file in any case.
 */
export function isFileThatRan(path: string, functions: readonly V8CallFrame[]): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isFile() || stat.size > MAX_FILE) return true;
  const lines = readFileSync(path, "utf8").split(LINE_END);
  return functions.every(({ functionName, lineNumber, columnNumber }) => {
    const begins = START.test((lines[lineNumber] ?? "").slice(Math.max(0, columnNumber)));
    if (functionName === "" && lineNumber + columnNumber > 0) return begins;
    // V8 makes a name with a dot of what holds the function, which may begin lines above.
    if (functionName.includes(".") && begins) return true;
    const name = /[\w$\u0080-\uffff]+$/.exec(functionName)?.[0];
    if (name === undefined) return true;
    // A value may stand below its name, but no declaration does.
    const above = /[=:(]\s*$/.test(lines[lineNumber - 1] ?? "") ? lines[lineNumber - 1] : "";
    const words = `${above} ${lines[lineNumber] ?? ""}`.split(/[^\w$\u0080-\uffff]+/);
    return words.includes(name) || words.includes("constructor") || words.includes("class");
  });
}
