/** Whether a text has a function where V8 says that it is: if not, another text ran than the file has. Pure. */
import type { Frame } from "../profile/model.ts";
import type { Lines } from "./lines.ts";

/** V8 takes the name of a function that has none from what it is assigned to, which stands so many lines before it at most. */
const MAX_ABOVE = 20;

const CHARACTER = /[\w$\u0080-\uffff]/.source;
/** V8's position of a function: its parameters, or the `async` or `class` that it begins with. */
const START = new RegExp(`^(?:\\(|(?:async|class)\\b|${CHARACTER}+\\s*=>)`);
const IDENTIFIER_BEFORE = new RegExp(`(?<!${CHARACTER})(${CHARACTER}+)\\s*$`);
const LAST_IDENTIFIER = new RegExp(`${CHARACTER}+$`);
/** What stands before the parameters of a function without a name; a constructor has the name of its class. */
const NAMELESS = new Set(["function", "async", "return", "default", "await", "yield", "constructor"]);
const REACH = 300;

/** Whether a function of this name begins at this place of the text. */
export function isFunctionAt(lines: Lines, { name, line, column }: Omit<Frame, "url">): boolean {
  const text = lines(line);
  if (column > text.length) return false;
  // What V8 itself makes of a class's fields: `<instance_members_initializer>`.
  if (name.startsWith("<")) return text !== "";
  const after = text.slice(column, column + REACH);
  if (!START.test(after)) return false;
  const identifier = LAST_IDENTIFIER.exec(name)?.[0];
  if (identifier === undefined) return true;
  const before = IDENTIFIER_BEFORE.exec(text.slice(Math.max(0, column - REACH), column))?.[1];
  if (before !== undefined && after.startsWith("(") && !NAMELESS.has(before)) return before === identifier;
  return before === "constructor" || isNear(lines, identifier, line);
}

/** Whether a line, or one of those before it, has this identifier. */
function isNear(lines: Lines, identifier: string, line: number): boolean {
  for (let number = line; number >= Math.max(0, line - MAX_ABOVE); number--) {
    if (lines(number).split(NO_CHARACTER).includes(identifier)) return true;
  }
  return false;
}

const NO_CHARACTER = /[^\w$\u0080-\uffff]+/;
