/** The name that a function has in its source, at a place of its head: of those that minifiers leave no other trace of. Pure. */
import type { Lines } from "./lines.ts";

/** A head is looked at this far. */
const REACH = 2000;
/** It may go on for so many lines. */
const MAX_LINES = 20;

const NAME = /([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)/.source;
const DECLARED = new RegExp(
  `^(?:export\\s+)?(?:default\\s+)?(?:abstract\\s+)?(?:(?:async\\s+)?function\\b\\s*\\*?|class\\b)\\s*(?!extends\\b)${NAME}`,
);
const DEFAULT_NAME = "default";
/** It has no name but as what its module exports, and may begin here or before. */
const DEFAULT = /^(?:export\s+)?default\s+/;
const AFTER_DEFAULT = /\bexport\s+default\s+((?:async\s+)?(?:function\b\s*\*?\s*)?)$/;
const NAMELESS = /^(?:(?:async\s+)?function\b\s*\*?\s*[(<]|class\b\s*(?:\{|extends\b))/;
const MODIFIERS = /^(?:(?:public|private|protected|static|override|async|get|set)\s+|\*\s*)*/;
const MEMBER = new RegExp(`^${NAME}(?:\\.[\\w$]+)*\\.${NAME}\\s*=(?![=>])`);
const IDENTIFIER = new RegExp(`^(#?)${NAME}`);
const LAST_IDENTIFIER = new RegExp(`(?:^|[^\\w$\\u0080-\\uffff])(#?)${NAME}\\s*$`);
const CHARACTER = /[\w$\u0080-\uffff]$/;
const DECLARATION = /\bfunction\b\s*\*?\s*$/;
const TYPE_PARAMETERS = /^\s*<[^(){}]*>/;
/** After the parameters of a method, its body; of an arrow function, its arrow. A type may stand before. */
const BODY = /^\s*(?::[^;{}=]*)?\{/;
const ARROW = /^\s*(?::[^;{}]*)?=>/;
const PROPERTY = /^["'`]?\s*:\s*/;
const ASSIGNED = /^\s*=(?![=>])\s*/;
const TYPED = /^[?!]?\s*:/;
/** What stands before a parenthesis and a block, but is no method. */
const KEYWORDS = new Set([
  "if",
  "for",
  "while",
  "switch",
  "catch",
  "with",
  "async",
  "function",
  "return",
  "await",
]);

/**
 * The name of the function whose head has this place in it: `▮async function a(`, `function ▮a(`, `function a▮(`, `▮class a`,
 * `▮a(b) {`, `▮a = (b) => c`; undefined if the place is in no head that has a name.
 */
export function declaredName(
  line: Lines,
  at: { readonly line: number; readonly column: number },
): string | undefined {
  const first = line(at.line);
  const before = first.slice(Math.max(0, at.column - REACH), at.column);
  const after = textFrom(line, at);
  if (CHARACTER.test(before) && /^[\w$]/.test(after)) return undefined;
  const declared = DECLARED.exec(after)?.[1];
  if (declared !== undefined) return declared;
  if (isDefault(before, after)) return DEFAULT_NAME;
  const modifiers = MODIFIERS.exec(after)![0].length;
  const [own, mark, name] = IDENTIFIER.exec(after.slice(modifiers)) ?? [];
  if (own !== undefined && !KEYWORDS.has(name!)) {
    if (DECLARATION.test(before)) return name;
    const rest = after.slice(modifiers + own.length);
    // The first parameter of a function may have a function's type.
    if (/\(\s*$/.test(before)) return undefined;
    return isMethod(rest) || (modifiers === 0 && isValue(rest)) ? mark! + name : undefined;
  }
  if (!/^\s*[(<]/.test(after)) return undefined;
  const [head, lastMark, last] = LAST_IDENTIFIER.exec(before) ?? [];
  if (head === undefined || KEYWORDS.has(last!)) return undefined;
  const isDeclared = DECLARATION.test(before.slice(0, before.length - head.length + 1));
  return isDeclared || isMethod(after) ? lastMark! + last : undefined;
}

/** What is assigned to at this place: of `▮a.b = c` the member `b` of `a`. */
export function memberAt(
  line: Lines,
  at: { readonly line: number; readonly column: number },
): { readonly object: string; readonly name: string } | undefined {
  const [, object, name] = MEMBER.exec(line(at.line).slice(at.column, at.column + REACH)) ?? [];
  return object === undefined || name === undefined ? undefined : { object, name };
}

function isDefault(before: string, after: string): boolean {
  const begun = DEFAULT.test(after) ? "" : AFTER_DEFAULT.exec(before)?.[1];
  if (begun === undefined) return false;
  const text = begun + after.replace(DEFAULT, "");
  return NAMELESS.test(text) || (!/^(?:async\s+)?function\b/.test(text) && isFunction(text));
}

/** From this place on, over the lines that follow. */
function textFrom(line: Lines, at: { readonly line: number; readonly column: number }): string {
  let text = line(at.line).slice(at.column, at.column + REACH);
  for (let n = 1; n < MAX_LINES && text.length < REACH; n++) text += "\n" + line(at.line + n).slice(0, REACH);
  return text;
}

/** Whether parameters and a body follow. */
function isMethod(text: string): boolean {
  const rest = afterParameters(text.slice(TYPE_PARAMETERS.exec(text)?.[0].length ?? 0));
  return rest !== undefined && BODY.test(rest);
}

/** Whether a function follows, as the value of what is before. */
function isValue(text: string): boolean {
  const property = PROPERTY.exec(text);
  if (property !== null && isFunction(text.slice(property[0].length))) return true;
  const rest = TYPED.test(text) ? afterType(text) : text;
  const assigned = ASSIGNED.exec(rest);
  return assigned !== null && isFunction(rest.slice(assigned[0].length));
}

function isFunction(text: string): boolean {
  const own = text.replace(/^async\b\s*(?=[^=\s])/, "");
  if (/^function\b/.test(own) || /^[\w$]+\s*=>/.test(own)) return true;
  const rest = afterParameters(own.slice(TYPE_PARAMETERS.exec(own)?.[0].length ?? 0));
  return rest !== undefined && ARROW.test(rest);
}

/** What stands behind a type, from its `=` on; empty if the type is not of a variable that has a value. */
function afterType(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if ("([{".includes(text[i]!)) depth++;
    else if (")]}".includes(text[i]!) && --depth < 0 || text[i] === ";") return "";
    else if (depth === 0 && text[i] === "=" && text[i + 1] !== ">") return text.slice(i);
  }
  return "";
}

/** What stands behind parentheses at the beginning of a text; undefined if there are none, or they do not end. */
function afterParameters(text: string): string | undefined {
  const begin = /^\s*\(/.exec(text);
  if (begin === null) return undefined;
  let depth = 0;
  for (let i = begin[0].length - 1; i < text.length; i++) {
    if ("([{".includes(text[i]!)) depth++;
    else if (")]}".includes(text[i]!) && --depth === 0) return text.slice(i + 1);
  }
  return undefined;
}
