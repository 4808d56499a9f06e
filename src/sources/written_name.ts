/** The name that a function without one has in its source by where it stands. Pure. */

/** A name is looked for this far before the function. */
const REACH = 300;

const NAME = /(?<![\w$.])(#?[A-Za-z_$][\w$]*)/.source;
/** Between the name and the position: of the parameters, or of `async`, `function` or a parenthesis before them. */
const START = /\s*(?:async\s*)?(?:function\b\s*\*?\s*)?\(?$/.source;
/** A type may hold arrows: `const a: (x: number) => string =`. */
const TYPE = /(?:[^=]|=>)*/.source;
const MODIFIERS = /(?:\b(?:const|let|var|public|private|protected|static|readonly|override)\s+)+/.source;
const DECLARED = new RegExp(`${MODIFIERS}${NAME}[?!]?\\s*:${TYPE}=${START}`);
const ASSIGNED = new RegExp(`${NAME}\\s*=${START}`);
/** Not what a condition chooses: `a ? b : () => c`. */
const PROPERTY = new RegExp(`^[^?]*?${NAME}\\s*:${START}`);

/**
 * The name of the variable, field or property whose value the function at this position is, as the language's own rules
 * give it; undefined if it is none's. Tools that wrap functions to keep their names (esbuild's `__name`) hide it from V8.
 *
 * @param line the lines of the source, from 0
 */
export function writtenName(
  line: (number: number) => string,
  at: { readonly line: number; readonly column: number },
): string | undefined {
  let before = line(at.line).slice(Math.max(0, at.column - REACH), at.column);
  if (before.trim() === "" && at.line > 0) before = line(at.line - 1).slice(-REACH).trimEnd();
  return (DECLARED.exec(before) ?? ASSIGNED.exec(before) ?? PROPERTY.exec(before))?.[1];
}
