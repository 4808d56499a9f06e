/** Where in a script's text the name stands that V8 gives a function. Pure. */

/** A class may begin this many characters before its constructor, on the same line. */
const REACH = 4000;

/** What may stand between the name and a function's position: that is before its parameters, or before `async` and them. */
const BETWEEN = /^(?:["'`]\]?)?\s*(?:[:=]\s*)?(?:async\s*)?(?:function\b\s*\*?\s*)?$/;
const IDENTIFIER = /[^\s.]+$/;
const IDENTIFIER_CHARACTER = /[\w$\u0080-\uffff]/;

/**
 * The place of the identifier that names the function at this column: `function a▮(`, `a▮() {`, `a = ▮() =>`,
 * `a: function▮(`, `class a {… constructor▮(`, `▮class a`. Of V8's `get a` and `exports.a` it is the `a`.
 */
export function nameColumn(
  line: string,
  column: number,
  name: string,
): { column: number; length: number } | undefined {
  const identifier = IDENTIFIER.exec(name)?.[0];
  if (identifier === undefined) return undefined;
  const { length } = identifier;
  const from = Math.max(0, column - REACH);
  const before = line.slice(from, column);
  const at = lastWhole(before, identifier);
  if (at >= 0 && BETWEEN.test(before.slice(at + length))) return { column: from + at, length };
  const declaration = `class ${identifier}`;
  for (
    const [text, offset] of [[line.slice(column, column + declaration.length), column], [
      before,
      from,
    ]] as const
  ) {
    const found = text.lastIndexOf(declaration);
    if (found >= 0 && isWhole(text, found, declaration.length)) {
      return { column: offset + found + "class ".length, length };
    }
  }
  return undefined;
}

/** Where an identifier stands last: an `n` of `function` is none. */
function lastWhole(text: string, identifier: string): number {
  let at = text.lastIndexOf(identifier);
  while (at > 0 && !isWhole(text, at, identifier.length)) at = text.lastIndexOf(identifier, at - 1);
  return at < 0 || isWhole(text, at, identifier.length) ? at : -1;
}

function isWhole(text: string, at: number, length: number): boolean {
  return !IDENTIFIER_CHARACTER.test(text[at - 1] ?? "") &&
    !IDENTIFIER_CHARACTER.test(text[at + length] ?? "");
}
